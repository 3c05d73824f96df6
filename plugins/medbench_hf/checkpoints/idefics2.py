"""Idefics2 (Laurençon et al. 2024): a SigLIP tower, a perceiver, a Mistral decoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer, turns

__all__ = ["write"]

MARKS = ["<fake_token_around_image>", "<image>", "<end_of_utterance>"]


def write(folder: Path) -> None:
    """Images of at most 56 x 56, whole and in four parts, each in 4 tokens."""
    from transformers import Idefics2Config, Idefics2ForConditionalGeneration, Idefics2Processor
    from transformers.models.idefics2.image_processing_pil_idefics2 import Idefics2ImageProcessorPil

    tokenizer = tiny_tokenizer(MARKS)
    config = Idefics2Config(
        text_config={"model_type": "mistral", **decoder(tokenizer)},
        vision_config={**vision_sizes(), "initializer_range": 0.2},
        perceiver_config={
            "resampler_n_latents": 4,
            "resampler_depth": 1,
            "resampler_n_heads": 4,
            "resampler_head_dim": 16,
            "num_key_value_heads": 2,
            "hidden_size": 64,
            "rms_norm_eps": 1e-6,
            "initializer_range": 0.125,
        },
        initializer_range=0.125,
        image_token_id=tokenizer.convert_tokens_to_ids("<image>"),
    )
    images = Idefics2ImageProcessorPil(
        size={"shortest_edge": 28, "longest_edge": 56}, do_image_splitting=True
    )
    processor = Idefics2Processor(
        images, tokenizer, image_seq_len=4, chat_template=turns("<image>", "<end_of_utterance>")
    )
    stops = [2, tokenizer.convert_tokens_to_ids("<end_of_utterance>")]
    save(folder, lambda: Idefics2ForConditionalGeneration(config), processor, stops)
