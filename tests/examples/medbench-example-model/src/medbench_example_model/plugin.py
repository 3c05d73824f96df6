"""The card of example-model. Every command imports this file, so it stays light: no torch, no NumPy."""

from __future__ import annotations

from medbench.hooks import hookimpl
from medbench.models import ModelCard

plugin_api = 1


@hookimpl
def medbench_models() -> list[ModelCard]:
    """The models of this package."""
    return [
        ModelCard(
            name="example-model",
            opener="medbench_example_model.model:open_model",
            capabilities=frozenset({"activations", "generate"}),
            summary="two blocks over the mean colours of an image; answers with one of the options",
            licence="Apache-2.0",
            parameters=2 * 16 * 16 + 48 * 16,
            inputs=frozenset({"image", "images"}),
            training_data="none",
            needs_weights=False,
        )
    ]
