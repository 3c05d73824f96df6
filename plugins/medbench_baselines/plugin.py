"""The cards of the baselines. Light: no numpy, no Pillow."""

from __future__ import annotations

from typing import Any

from medbench.hooks import hookimpl
from medbench.models import ModelCard

__all__ = ["medbench_models"]


def _card(name: str, summary: str, **rest: Any) -> ModelCard:
    return ModelCard(
        name=name,
        opener=f"medbench_baselines.handle:open_{name.replace('-', '_')}",
        capabilities=frozenset({"activations"}),
        summary=summary,
        licence="Apache-2.0",
        parameters=0,
        training_data="none",
        needs_weights=False,
        **rest,
    )


@hookimpl
def medbench_models() -> list[ModelCard]:
    """Three floors: what colours and texture tell, what noise tells, what the class counts tell."""
    return [
        _card("image-stats", "59 colour and texture statistics of the image; a floor for any encoder"),
        _card("random", "64 random numbers drawn from the image's digest; what a probe finds in noise"),
        _card("majority", "one constant; the probe can only learn class frequencies", inputs=frozenset()),
    ]
