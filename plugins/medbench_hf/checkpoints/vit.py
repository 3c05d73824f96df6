"""ViT (Dosovitskiy et al. 2021) as a bare encoder with its pooler."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56, pooled to 32 values."""
    from transformers import ViTConfig, ViTModel
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    config = ViTConfig(**vision_sizes(), initializer_range=0.2)
    save(folder, lambda: ViTModel(config), ViTImageProcessorPil(size={"height": 56, "width": 56}))
