"""Accuracy, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.replicate_blocks import replicate_blocks
from medbench.stats.shared_counts import SharedCounts, shared_counts

__all__ = ["accuracy", "accuracy_replicates"]


def accuracy(outcomes: ArrayLike) -> float:
    """Mean of one outcome a row: 0/1, or a fraction such as the share of tries that were right.

    Args:
        outcomes: float, int or bool (n,).

    Returns:
        The mean; NaN without a row.

    Raises:
        ValueError: not one-dimensional, or NaN among the outcomes.

    >>> accuracy([True, False, True, True])
    0.75
    """
    values = _outcomes(outcomes)
    return float(values.mean()) if values.size else float("nan")


def accuracy_replicates(outcomes: ArrayLike, counts: ArrayLike | SharedCounts) -> NDArray[np.float64]:
    """``accuracy`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Args:
        outcomes: float, int or bool (n,).
        counts: integers (replicates, n); columns may be a stratum's part of a task's counts.

    Returns:
        float64 (replicates,); NaN in a replicate that drew none of the rows.

    Raises:
        ValueError: as ``accuracy``, or counts of another shape or dtype.

    >>> accuracy_replicates([1, 0, 1], [[1, 1, 1], [0, 3, 0], [0, 0, 0]]).round(3).tolist()
    [0.667, 0.0, nan]
    """
    values = _outcomes(outcomes)
    drawn = shared_counts(counts, values.size).rows()
    means = np.empty(drawn.shape[0])
    for rows, block in replicate_blocks(drawn):
        total = block.sum(axis=1, dtype=np.float64)
        won = np.einsum("rn,n->r", block.astype(np.float64), values)
        means[rows] = np.divide(won, total, out=np.full(total.size, np.nan), where=total > 0)
    return means


def _outcomes(outcomes: ArrayLike) -> NDArray[np.float64]:
    """One-dimensional float64 without NaN."""
    values = np.asarray(outcomes, dtype=np.float64)
    if values.ndim != 1 or np.isnan(values).any():
        raise ValueError(f"outcomes must be (n,) without NaN, not {values.shape}")
    return values
