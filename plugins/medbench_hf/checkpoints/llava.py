"""LLaVA (Liu et al. 2023): a CLIP tower, a projector, a Llama decoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.text import decoder, tiny_tokenizer, turns

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56 in 16 tokens."""
    from transformers import LlavaConfig, LlavaForConditionalGeneration, LlavaProcessor
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    tokenizer = tiny_tokenizer(["<image>"])
    vision = {
        "model_type": "clip_vision_model",
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 3,
        "num_attention_heads": 4,
        "image_size": 56,
        "patch_size": 14,
        "initializer_factor": 8.0,
    }
    config = LlavaConfig(
        text_config={"model_type": "llama", **decoder(tokenizer)},
        vision_config=vision,
        image_token_index=tokenizer.convert_tokens_to_ids("<image>"),
        vision_feature_layer=-2,
        vision_feature_select_strategy="default",
        image_seq_length=16,
    )
    side = {"height": 56, "width": 56}
    processor = LlavaProcessor(
        CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=side),
        tokenizer,
        patch_size=14,
        vision_feature_select_strategy="default",
        num_additional_image_tokens=1,
        chat_template=turns("<image>", ""),
    )
    save(folder, lambda: LlavaForConditionalGeneration(config), processor, stops=[2])
