"""Average precision, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.label_matrix import positives
from medbench.stats.shared_counts import SharedCounts, shared_counts

__all__ = ["average_precision", "average_precision_replicates"]


def average_precision(y: ArrayLike, scores: ArrayLike) -> float | NDArray[np.float64]:
    """Mean precision at the positives, Σ (R_t - R_{t-1})·P_t over the thresholds t; ties are one threshold.

    Args:
        y: as in ``roc_auc``: 0/1 (n,), class numbers (n,), or 0/1 (n, k) with -1 or NaN where unknown.
        scores: float (n,) or (n, k); only their order matters.

    Returns:
        A float for scores (n,), else float64 (k,). NaN without a positive.

    Raises:
        ValueError: as ``roc_auc``.

    Source: Manning et al., "Introduction to information retrieval" (2008), section 8.4; no interpolation.

    >>> average_precision([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8]).__round__(3)
    0.833
    """
    ones = np.ones((1, np.shape(y)[0] if np.ndim(y) else 0), np.uint16)
    values = average_precision_replicates(y, scores, ones)[0]
    return float(values) if values.ndim == 0 else values


def average_precision_replicates(
    y: ArrayLike, scores: ArrayLike, counts: ArrayLike | SharedCounts
) -> NDArray[np.float64]:
    """``average_precision`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Returns:
        float64 (replicates,) for scores (n,), else (replicates, k); NaN in a replicate without a positive.

    Raises:
        ValueError: as ``average_precision``, or counts of another shape or dtype.

    >>> average_precision_replicates([0, 1], [0.6, 0.4], [[1, 1], [1, 3], [2, 0]]).tolist()
    [0.5, 0.75, nan]
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim not in (1, 2):
        raise ValueError("scores must be (n,) or (n, k)")
    positive, known = positives(np.asarray(y), values)
    drawn = shared_counts(counts, values.shape[0])
    if values.ndim == 1:
        return _column(positive, values, np.arange(values.size), drawn)
    found = np.empty((drawn.replicates, values.shape[1]))
    for k in range(values.shape[1]):
        rows = np.flatnonzero(known[:, k])
        found[:, k] = _column(positive[rows, k], values[rows, k], rows, drawn)
    return found


def _column(
    positive: NDArray[np.bool_], scores: NDArray[np.float64], rows: NDArray[np.intp], counts: SharedCounts
) -> NDArray[np.float64]:
    """One binary problem: levels that hold a positive are thresholds, the negatives between them one sum."""
    from scipy.sparse import csr_matrix

    levels, level = np.unique(-scores, return_inverse=True)
    held = np.bincount(level, weights=positive, minlength=levels.size) > 0
    threshold: NDArray[np.intp] = (np.cumsum(held) - held)[level]
    unit, n_thresholds = counts.units(rows), int(held.sum())
    found = np.full(counts.replicates, np.nan)
    if not n_thresholds:
        return found
    sums = [
        csr_matrix(
            (np.ones(kept.sum()), (threshold[kept], unit[kept])), (n_thresholds, counts.matrix.shape[1])
        )
        for kept in (positive, ~positive & (threshold < n_thresholds))
    ]
    for block, columns in counts.blocks():
        weights = columns.astype(np.float64)
        upper, lower = (gather @ weights for gather in sums)
        right, wrong = np.cumsum(upper, axis=0), np.cumsum(lower, axis=0)
        drawn = right + wrong
        precision = np.divide(right, drawn, out=np.zeros_like(drawn), where=drawn > 0)
        total = right[-1]
        gained = np.einsum("tr,tr->r", upper, precision)
        found[block] = np.divide(gained, total, out=np.full(total.size, np.nan), where=total > 0)
    return found
