"""DINOv3 (Siméoni et al. 2025): a self-supervised ViT with register tokens and rotary positions."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56 to 32 values a token; four registers.

    Images are prepared as for ViT: the family's own image processor exists for torchvision alone.
    """
    from transformers import DINOv3ViTConfig, DINOv3ViTModel
    from transformers.models.vit.image_processing_pil_vit import ViTImageProcessorPil

    config = DINOv3ViTConfig(
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_register_tokens=4,
        image_size=56,
        patch_size=14,
        initializer_range=0.2,
    )
    save(folder, lambda: DINOv3ViTModel(config), ViTImageProcessorPil(size={"height": 56, "width": 56}))
