"""CLIP (Radford et al. 2021): two towers into one space."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import text_sizes, vision_sizes

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56, pooled to 32 values, projected to 24; the text tower is there and never used."""
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    # With the usual factor of 1 so small a model gives nearly the same vector for every image.
    strong = {"initializer_factor": 8.0}
    config = CLIPConfig(
        text_config=text_sizes() | strong, vision_config=vision_sizes() | strong, projection_dim=24, **strong
    )
    side = {"height": 56, "width": 56}
    save(
        folder,
        lambda: CLIPModel(config),
        CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=side),
    )
