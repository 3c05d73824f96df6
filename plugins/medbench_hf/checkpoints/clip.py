"""CLIP (Radford et al. 2021): two towers into one space."""

from __future__ import annotations

from pathlib import Path

from medbench_hf.checkpoints.saving import save
from medbench_hf.checkpoints.siglip import vision_sizes

__all__ = ["write"]


def write(folder: Path) -> None:
    """Images of 56 x 56, pooled to 32 values, projected to 24; the text tower is there and never used."""
    from transformers import CLIPConfig, CLIPModel
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    # With the usual factor of 1 so small a model gives nearly the same vector for every image.
    strong = {"initializer_factor": 8.0}
    text = {
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
    config = CLIPConfig(
        text_config=text | strong, vision_config=vision_sizes() | strong, projection_dim=24, **strong
    )
    side = {"height": 56, "width": 56}
    save(
        folder,
        lambda: CLIPModel(config),
        CLIPImageProcessorPil(size={"shortest_edge": 56}, crop_size=side),
    )
