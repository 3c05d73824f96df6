"""Walk over the replicates of a count matrix in blocks, so that memory stays bounded."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from medbench.stats.count_matrix import as_counts

__all__ = ["as_counts", "replicate_blocks"]

# 2**21 values of 8 bytes: the working arrays of one block stay near 16 MiB each.
_BLOCK_VALUES = 2**21


def replicate_blocks(counts: NDArray[np.integer]) -> Iterator[tuple[slice, NDArray[np.integer]]]:
    """Consecutive blocks of rows of ``counts`` with the slice of replicates that each covers.

    >>> [block.shape for _, block in replicate_blocks(np.ones((3, 2), np.uint16))]
    [(3, 2)]
    """
    step = max(1, _BLOCK_VALUES // max(1, counts.shape[1]))
    for start in range(0, counts.shape[0], step):
        rows = slice(start, start + step)
        yield rows, counts[rows]
