"""Qwen3-VL (Qwen Team 2025): a vision tower whose inner blocks also feed the first decoder blocks."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.qwen2_5_vl import MARKS, PLACE
from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.text import chatml, decoder, tiny_tokenizer
from medbench_hf.processor import without_video

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 4 to 16 tokens, each of 32 x 32 pixels."""
    from transformers import Qwen3VLConfig, Qwen3VLForConditionalGeneration, Qwen3VLProcessor
    from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil

    tokenizer = tiny_tokenizer(MARKS)
    ids = dict(zip(MARKS, tokenizer.convert_tokens_to_ids(MARKS), strict=True))
    vision = {
        "depth": 3,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_heads": 2,
        "out_hidden_size": 64,
        "num_position_embeddings": 64,
        "deepstack_visual_indexes": [0, 1],
        "initializer_range": 0.2,
    }
    positions = {"rope_type": "default", "mrope_section": [4, 2, 2], "rope_theta": 10000.0}
    config = Qwen3VLConfig(
        text_config=decoder(tokenizer, head_dim=16, rope_parameters=positions),
        vision_config=vision,
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
    )
    images = Qwen2VLImageProcessorPil(
        patch_size=16, size={"shortest_edge": 4 * 32 * 32, "longest_edge": 16 * 32 * 32}
    )
    processor = without_video(Qwen3VLProcessor)(images, tokenizer, None, chat_template=chatml(PLACE))
    save(folder, lambda: Qwen3VLForConditionalGeneration(config), processor, [2, ids["<|im_end|>"]])
