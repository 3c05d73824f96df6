"""SmolVLM (Marafioti et al. 2025): Idefics3 made small."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.idefics3 import MARKS
from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer, turns
from medbench_hf.processor import without_video

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of at most 112 x 112 in tiles of 56 x 56 and whole, each in 4 tokens."""
    from transformers import SmolVLMConfig, SmolVLMForConditionalGeneration, SmolVLMProcessor
    from transformers.models.smolvlm.image_processing_pil_smolvlm import SmolVLMImageProcessorPil

    tokenizer = tiny_tokenizer([*MARKS, "<video>"])
    config = SmolVLMConfig(
        text_config={"model_type": "llama", **decoder(tokenizer)},
        vision_config={**vision_sizes(), "initializer_range": 0.2},
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    images = SmolVLMImageProcessorPil(size={"longest_edge": 112}, max_image_size={"longest_edge": 56})
    template = turns("<image>", "<end_of_utterance>", begin="<s>")
    processor = without_video(SmolVLMProcessor)(
        images, tokenizer, None, image_seq_len=4, chat_template=template
    )
    stops = [2, tokenizer.convert_tokens_to_ids("<end_of_utterance>")]
    save(folder, lambda: SmolVLMForConditionalGeneration(config), processor, stops)
