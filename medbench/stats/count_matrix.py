"""What may stand as counts."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["as_counts"]


def as_counts(counts: ArrayLike, n_rows: int) -> NDArray[np.integer]:
    """``counts`` as an integer array (replicates, n_rows).

    Raises:
        ValueError: another shape or dtype, or a negative count.

    >>> as_counts([[1, 1], [2, 0]], n_rows=2).shape
    (2, 2)
    """
    array = np.asarray(counts)
    if array.ndim != 2 or array.shape[1] != n_rows or array.dtype.kind not in "iu":
        raise ValueError(f"counts must be integers (replicates, {n_rows}), not {array.dtype} {array.shape}")
    if array.dtype.kind == "i" and array.size and array.min() < 0:
        raise ValueError("counts must not be negative")
    return array
