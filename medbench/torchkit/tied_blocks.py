"""Decoders of which no first part can be built: a block uses what belongs to the others. No torch."""

from __future__ import annotations

from typing import Any

__all__ = ["blocks_are_tied"]

# Gemma 3n and 4: the last blocks reuse keys and values of earlier ones, counted from the end, and one table
# of embeddings is as wide as there are blocks.
TIES = ("num_kv_shared_layers", "hidden_size_per_layer_input")


def blocks_are_tied(config: Any) -> bool:
    """Whether a transformers config says that fewer blocks would be another model, or fit no weights."""
    text = config.get_text_config()
    return any(getattr(text, name, None) for name in TIES)
