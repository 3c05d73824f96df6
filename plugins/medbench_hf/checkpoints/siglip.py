"""SigLIP (Zhai et al. 2023): two towers; the image's is pooled by attention."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from medbench_hf.checkpoints.saving import save

__all__ = ["text_sizes", "vision_sizes", "write"]


def vision_sizes() -> dict[str, Any]:
    """Two blocks of width 32 over 16 patches of 14 x 14."""
    return {
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 2,
        "num_attention_heads": 4,
        "image_size": 56,
        "patch_size": 14,
    }


def text_sizes() -> dict[str, Any]:
    """One block of width 32 over 16 tokens: the tower is there and never read."""
    return {
        "vocab_size": 32,
        "hidden_size": 32,
        "intermediate_size": 64,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "max_position_embeddings": 16,
        "bos_token_id": 0,
        "eos_token_id": 1,
        "pad_token_id": 1,
    }


def write(folder: Path) -> None:
    """Images of 56 x 56, pooled to 32 values."""
    from transformers import SiglipConfig, SiglipModel
    from transformers.models.siglip.image_processing_pil_siglip import SiglipImageProcessorPil

    config = SiglipConfig(text_config=text_sizes(), vision_config=vision_sizes())
    save(folder, lambda: SiglipModel(config), SiglipImageProcessorPil(size={"height": 56, "width": 56}))
