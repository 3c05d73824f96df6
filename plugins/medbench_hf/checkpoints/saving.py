"""Write a random model of a config, and what prepares its inputs, into a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from medbench.torchkit.quiet import quiet_transformers

__all__ = ["save"]


def save(folder: Path, build: Callable[[], Any], processor: Any, stops: list[int] | None = None) -> None:
    """Write weights, config and processor; always the same bytes, and torch's global seed stays.

    Args:
        folder: an existing empty folder.
        build: makes the model, with random weights.
        processor: has ``save_pretrained``.
        stops: ids that end a reply, for a model that generates.
    """
    import torch
    from transformers import GenerationConfig

    with torch.random.fork_rng(devices=[]), quiet_transformers(bar=False):
        torch.manual_seed(20231221)
        model = build().float()
        if stops is not None:
            model.generation_config = GenerationConfig(bos_token_id=1, eos_token_id=stops, pad_token_id=0)
        model.save_pretrained(folder)
    processor.save_pretrained(folder)
