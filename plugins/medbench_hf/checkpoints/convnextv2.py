"""ConvNeXt V2 (Woo et al. 2023): a convolutional encoder."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 64 x 64 to a map of 2 x 2 with 32 values."""
    from transformers import ConvNextV2Config, ConvNextV2Model
    from transformers.models.convnext.image_processing_pil_convnext import ConvNextImageProcessorPil

    config = ConvNextV2Config(
        hidden_sizes=[8, 16, 24, 32], depths=[1, 1, 1, 1], initializer_range=0.2, image_size=64
    )
    images = ConvNextImageProcessorPil(size={"shortest_edge": 64}, crop_pct=0.875)
    save(folder, lambda: ConvNextV2Model(config), images)
