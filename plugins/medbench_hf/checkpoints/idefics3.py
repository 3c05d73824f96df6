"""Idefics3 (Laurençon et al. 2024b): a SigLIP tower over tiles, pixel shuffle, a Llama decoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer, turns

__all__ = ["MARKS", "write"]

MARKS = [
    "<fake_token_around_image>",
    "<image>",
    "<end_of_utterance>",
    "<global-img>",
    *(f"<row_{row}_col_{column}>" for row in range(1, 7) for column in range(1, 7)),
]


def write(folder: Path) -> None:
    """Images of at most 112 x 112 in tiles of 56 x 56 and whole, each in 4 tokens."""
    from transformers import Idefics3Config, Idefics3ForConditionalGeneration, Idefics3Processor
    from transformers.models.idefics3.image_processing_pil_idefics3 import Idefics3ImageProcessorPil

    tokenizer = tiny_tokenizer(MARKS)
    config = Idefics3Config(
        text_config={"model_type": "llama", **decoder(tokenizer)},
        vision_config={**vision_sizes(), "initializer_range": 0.2},
        scale_factor=2,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    images = Idefics3ImageProcessorPil(size={"longest_edge": 112}, max_image_size={"longest_edge": 56})
    processor = Idefics3Processor(
        images, tokenizer, image_seq_len=4, chat_template=turns("<image>", "<end_of_utterance>")
    )
    stops = [2, tokenizer.convert_tokens_to_ids("<end_of_utterance>")]
    save(folder, lambda: Idefics3ForConditionalGeneration(config), processor, stops)
