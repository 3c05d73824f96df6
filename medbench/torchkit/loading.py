"""``from_pretrained`` that refuses a checkpoint with holes."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from medbench.errors import DataError
from medbench.torchkit.memory import memory_errors
from medbench.torchkit.quiet import quiet_transformers

__all__ = ["load_whole"]


def load_whole(architecture: Any, folder: Path, **options: Any) -> Any:
    """Load a model for inference from local files.

    transformers fills weights that a checkpoint lacks with random numbers and goes on with a warning; the
    scores would be those of noise. Weights that the model has no place for are fine: later blocks, a head.

    Args:
        architecture: a transformers model class.
        folder: config and weights.
        options: passed to ``from_pretrained``.

    Raises:
        DataError: MB655, weights are missing or have another shape; MB656, a weight file is damaged.
        MemoryError: the model does not fit.
    """
    from safetensors import SafetensorError

    try:
        with memory_errors(), quiet_transformers(bar=sys.stderr.isatty()):
            model, found = architecture.from_pretrained(
                folder,
                local_files_only=True,
                output_loading_info=True,
                ignore_mismatched_sizes=True,
                **options,
            )
    except SafetensorError as fault:
        raise DataError(
            "MB656", f"the weights are damaged or cut off ({fault})", where=str(folder)
        ) from fault
    holes = sorted(found["missing_keys"]) + sorted(str(key[0]) for key in found["mismatched_keys"])
    if holes:
        named = ", ".join(holes[:3]) + (f" and {len(holes) - 3} more" if len(holes) > 3 else "")
        name = architecture.__name__
        raise DataError("MB655", f"this checkpoint does not fit {name}: it lacks {named}", where=str(folder))
    return model.eval()
