"""Qwen2.5-VL (Bai et al. 2025): a vision tower of any resolution, a Qwen2 decoder with 3-d positions."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.text import chatml, decoder, tiny_tokenizer
from medbench_hf.processor import without_video

__all__ = ["MARKS", "PLACE", "write"]

MARKS = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|image_pad|>", "<|video_pad|>"]
PLACE = "<|vision_start|><|image_pad|><|vision_end|>"


def write(folder: Path) -> None:
    """Images of 4 to 16 tokens, each of 28 x 28 pixels."""
    from transformers import Qwen2_5_VLConfig, Qwen2_5_VLForConditionalGeneration, Qwen2_5_VLProcessor
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    tokenizer = tiny_tokenizer(MARKS)
    ids = dict(zip(MARKS, tokenizer.convert_tokens_to_ids(MARKS), strict=True))
    vision = {
        "depth": 2,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "out_hidden_size": 64,
        "window_size": 56,
        "fullatt_block_indexes": [1],
        "initializer_range": 0.2,
    }
    positions = {"rope_type": "default", "mrope_section": [2, 3, 3], "rope_theta": 10000.0}
    config = Qwen2_5_VLConfig(
        text_config=decoder(tokenizer, rope_parameters=positions),
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    images = Qwen2VLImageProcessorPil(size={"shortest_edge": 4 * 28 * 28, "longest_edge": 16 * 28 * 28})
    processor = without_video(Qwen2_5_VLProcessor)(images, tokenizer, None, chat_template=chatml(PLACE))
    save(folder, lambda: Qwen2_5_VLForConditionalGeneration(config), processor, [2, ids["<|im_end|>"]])
