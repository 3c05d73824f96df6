"""DINOv2 (Oquab et al. 2023): a self-supervised ViT."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56 to 32 values a token."""
    from transformers import Dinov2Config, Dinov2Model
    from transformers.models.bit.image_processing_pil_bit import BitImageProcessorPil

    config = Dinov2Config(
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=4,
        mlp_ratio=2,
        image_size=56,
        patch_size=14,
        initializer_range=0.2,
    )
    side = {"height": 56, "width": 56}
    images = BitImageProcessorPil(size={"shortest_edge": 64}, crop_size=side)
    save(folder, lambda: Dinov2Model(config), images)
