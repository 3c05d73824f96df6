"""InternVL (Chen et al. 2024) as ported to transformers: InternViT over tiles, a Qwen2 decoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.text import chatml, decoder, tiny_tokenizer
from medbench_hf.processor import without_video

__all__ = ["write"]

NAMED = {
    "start_image_token": "<img>",
    "end_image_token": "</img>",
    "context_image_token": "<IMG_CONTEXT>",
    "video_token": "<video>",
}


def write(folder: Path) -> None:
    """Images in tiles of 56 x 56, each in 4 tokens."""
    from transformers import InternVLConfig, InternVLForConditionalGeneration, InternVLProcessor
    from transformers.models.got_ocr2.image_processing_pil_got_ocr2 import GotOcr2ImageProcessorPil

    tokenizer = tiny_tokenizer([*NAMED.values(), "<|im_start|>", "<|im_end|>"], NAMED)
    vision = {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": [56, 56],
        "patch_size": [14, 14],
        "initializer_range": 0.2,
        "layer_scale_init_value": 1.0,
    }
    config = InternVLConfig(
        text_config={"model_type": "qwen2", **decoder(tokenizer)},
        vision_config=vision,
        image_token_id=tokenizer.convert_tokens_to_ids("<IMG_CONTEXT>"),
        image_seq_length=4,
        downsample_ratio=0.5,
    )
    images = GotOcr2ImageProcessorPil(size={"height": 56, "width": 56}, max_patches=4)
    processor = without_video(InternVLProcessor)(
        images, tokenizer, None, image_seq_length=4, chat_template=chatml("<IMG_CONTEXT>")
    )
    stops = [2, tokenizer.convert_tokens_to_ids("<|im_end|>")]
    save(folder, lambda: InternVLForConditionalGeneration(config), processor, stops)
