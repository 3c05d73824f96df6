"""Counts made ready once, and shared by all metrics, labels and models of a task."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.compiled import kernels
from medbench.stats.count_matrix import as_counts

__all__ = ["WIDTH", "SharedCounts", "share_counts", "shared_counts"]

WIDTH = 64
"""Replicates that lie side by side: one cache line of bytes."""


class SharedCounts:
    """A count matrix, and its replicates laid side by side so that a row is read in one go.

    Attributes:
        matrix: integers (replicates, units); a unit is a row, or a group of rows.
        unit: intp (n,), the column of ``matrix`` that each row reads; ``None`` where it is its own.

    >>> SharedCounts(np.array([[2, 0]]), np.array([0, 0, 1])).rows().tolist()
    [[2, 2, 0]]
    """

    def __init__(self, matrix: NDArray[np.integer], unit: NDArray[np.intp] | None) -> None:
        self.matrix = matrix
        self.unit = unit

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.matrix)

    @property
    def n(self) -> int:
        """Number of rows."""
        return self.matrix.shape[1] if self.unit is None else self.unit.size

    def rows(self) -> NDArray[np.integer]:
        """Integers (replicates, n): how often each row is in each replicate."""
        return self.matrix if self.unit is None else self.matrix[:, self.unit]

    def units(self, rows: NDArray[np.intp]) -> NDArray[np.intp]:
        """The columns that ``rows`` read."""
        return rows if self.unit is None else self.unit[rows]

    @cached_property
    def largest(self) -> int:
        """The largest count."""
        compiled = kernels()
        if compiled is None or self.matrix.size == 0:
            return int(self.matrix.max(initial=0))
        return int(compiled.largest(self.matrix))

    @cached_property
    def total(self) -> int:
        """The most rows in any replicate."""
        if self.unit is None:
            totals = self.matrix.sum(axis=1, dtype=np.int64)
        else:
            sizes = np.bincount(self.unit, minlength=self.matrix.shape[1])
            totals = np.einsum("ru,u->r", self.matrix, sizes.astype(np.int64), dtype=np.int64)
        return int(totals.max(initial=0))

    @cached_property
    def packed(self) -> NDArray[np.uint8] | None:
        """uint8 (blocks, units, WIDTH), the last block filled up with zeros; ``None`` above 255."""
        if self.largest > 255:
            return None
        packed = np.zeros((-(-self.replicates // WIDTH), self.matrix.shape[1], WIDTH), np.uint8)
        compiled = kernels()
        if compiled is not None:
            compiled.pack(self.matrix, packed.view(np.uint64))
            return packed
        for block, columns in enumerate(packed):
            part = self.matrix[block * WIDTH : (block + 1) * WIDTH]
            columns[:, : part.shape[0]] = part.T
        return packed

    def blocks(self) -> Iterator[tuple[slice, NDArray[np.integer]]]:
        """Slices of replicates, each with its counts (units, replicates in the slice)."""
        for start in range(0, self.replicates, WIDTH):
            rows = slice(start, min(start + WIDTH, self.replicates))
            if self.packed is None:
                yield rows, self.matrix[rows].T
            else:
                yield rows, self.packed[start // WIDTH, :, : rows.stop - start]


def shared_counts(counts: ArrayLike | SharedCounts, n_rows: int) -> SharedCounts:
    """``counts`` as they are shared, or made so.

    Raises:
        ValueError: another shape or dtype, or a negative count.
    """
    if not isinstance(counts, SharedCounts):
        return SharedCounts(np.ascontiguousarray(as_counts(counts, n_rows)), None)
    if counts.n != n_rows:
        raise ValueError(f"counts are of {counts.n} rows, not {n_rows}")
    return counts


def share_counts(counts: ArrayLike, groups: ArrayLike | None = None) -> SharedCounts:
    """Make counts ready once; every ``metric_replicates`` takes the result in the place of ``counts``.

    Args:
        counts: integers (replicates, n); with ``groups`` (replicates, G), one column a group in the order
            of their sorted numbers, as ``draw_group_counts`` gives them.
        groups: int (n,), the group of each row.

    Raises:
        ValueError: shapes that do not fit.

    >>> share_counts([[2, 0], [1, 1]], groups=[7, 7, 9]).rows().tolist()
    [[2, 2, 0], [1, 1, 1]]
    """
    matrix = np.asarray(counts)
    if groups is None:
        return shared_counts(matrix, matrix.shape[1] if matrix.ndim == 2 else 0)
    distinct, unit = np.unique(np.asarray(groups), return_inverse=True)
    return SharedCounts(np.ascontiguousarray(as_counts(matrix, distinct.size)), unit.ravel())
