"""Precision by name. A handle names it without torch; a model turns the name into torch's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from medbench.errors import UsageError, did_you_mean

__all__ = ["dtype_name", "gib", "torch_dtype"]

DTYPES = ("float32", "bfloat16", "float16")
BYTES = {"float32": 4, "bfloat16": 2, "float16": 2, "int8": 1}
GIB = 1024**3


def dtype_name(requested: str | None, config: Mapping[str, Any]) -> str:
    """``requested``, else the precision that the checkpoint's config names, else ``float32``.

    It depends on no device, because it is part of the identity that keys the store.

    Raises:
        UsageError: MB071, the name is none of float32, bfloat16, float16.
    """
    name = requested or config.get("dtype") or config.get("torch_dtype") or "float32"
    if name not in DTYPES:
        hint = did_you_mean(name, DTYPES)
        raise UsageError("MB071", f"unknown dtype {name!r}", "--model-args dtype=", hint)
    return str(name)


def gib(parameters: float, dtype: str) -> float:
    """Memory of that many weights in a dtype, or in ``int8``, in GiB.

    >>> round(gib(34.0e9, "bfloat16"))
    63
    """
    return parameters * BYTES[dtype] / GIB


def torch_dtype(name: str) -> Any:
    """``torch.float32`` and so on, from a name that ``dtype_name`` gave."""
    import torch

    return getattr(torch, name)
