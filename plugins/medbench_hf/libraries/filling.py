"""Weights into a network: all of them, from a file that can run nothing."""

from __future__ import annotations

import contextlib
import pickle
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError

from medbench.errors import DataError

__all__ = ["filled", "refuse_damaged"]


@contextlib.contextmanager
def refuse_damaged(file: Path) -> Iterator[None]:
    """Turn what reading a file raises into words.

    Raises:
        DataError: MB656, it is damaged, or holds more than tensors (torch's ``weights_only`` refuses that);
            MB655, the library finds weights missing.
    """
    try:
        yield
    except (SafetensorError, pickle.UnpicklingError, EOFError, OSError) as fault:
        reason = str(fault).strip().splitlines()[0][:200] if str(fault).strip() else type(fault).__name__
        raise DataError("MB656", f"the weights cannot be read: {reason}", str(file)) from fault
    except RuntimeError as fault:
        lines = str(fault).strip().splitlines() or [type(fault).__name__]
        code = "MB655" if "state_dict" in lines[0] else "MB656"
        raise DataError(code, f"the weights do not fit: {' '.join(lines[:2])[:300]}", str(file)) from fault


def filled(module: Any, values: Mapping[str, Any], name: str) -> None:
    """Load ``values``; none may be missing, left over or of another shape.

    Raises:
        DataError: MB655, with what does not fit.
    """
    try:
        module.load_state_dict(values, strict=True)
    except RuntimeError as fault:
        reason = " ".join(str(fault).split())[:300]
        raise DataError("MB655", f"this checkpoint does not fit {name}: {reason}") from fault
