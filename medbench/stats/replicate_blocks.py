"""Walk over the replicates of a count matrix in blocks, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["as_counts", "replicate_blocks"]

# 2**21 values of 8 bytes: the working arrays of one block stay near 16 MiB each.
_BLOCK_VALUES = 2**21


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


def replicate_blocks(counts: NDArray[np.integer]) -> Iterator[tuple[slice, NDArray[np.integer]]]:
    """Consecutive blocks of rows of ``counts`` with the slice of replicates that each covers.

    >>> [block.shape for _, block in replicate_blocks(np.ones((3, 2), np.uint16))]
    [(3, 2)]
    """
    step = max(1, _BLOCK_VALUES // max(1, counts.shape[1]))
    for start in range(0, counts.shape[0], step):
        rows = slice(start, start + step)
        yield rows, counts[rows]
