"""The cards of CLIP and PLIP. Light: no torch, no transformers."""

from __future__ import annotations

from medbench.hooks import hookimpl
from medbench.models import ModelCard

__all__ = ["medbench_models"]


def _card(name: str, opener: str, address: str, **rest: str) -> ModelCard:
    return ModelCard(
        name=name,
        opener=f"medbench_clip.handle:{opener}",
        capabilities=frozenset({"activations"}),
        address=address,
        parameters=151_277_313,
        requires=("torch", "transformers", "accelerate"),
        extra="medbench[hf]",
        checkpoint_writer="medbench_clip.checkpoint:write",
        **rest,  # type: ignore[arg-type]
    )


@hookimpl
def medbench_models() -> list[ModelCard]:
    """ViT-B/32 in OpenAI's weights and in those tuned on pathology images from social media."""
    return [
        _card(
            "clip-vit-b-32",
            "open_clip",
            "openai/clip-vit-base-patch32",
            summary="CLIP ViT-B/32, image tower: pooled (768) and projected (512)",
            licence="MIT",
            training_data="400 million image-text pairs from the web (WIT)",
            cite="Radford et al. 2021, arXiv:2103.00020",
        ),
        _card(
            "plip",
            "open_plip",
            "vinid/plip",
            summary="PLIP, CLIP ViT-B/32 tuned on pathology: pooled (768) and projected (512)",
            licence="not stated by its authors; their terms name research use",
            training_data="OpenPath: 208,414 pathology image-text pairs",
            cite="Huang et al. 2023, Nature Medicine 29:2307",
        ),
    ]
