"""Area under the ROC curve, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.replicate_blocks import as_counts, replicate_blocks

__all__ = ["roc_auc", "roc_auc_replicates"]


def roc_auc(y: ArrayLike, scores: ArrayLike) -> float | NDArray[np.float64]:
    """Probability that a positive scores above a negative, ties counting one half (Mann-Whitney).

    Args:
        y: 0/1 (n,) with scores (n,): binary. Class numbers (n,) with scores (n, k): each class against the
            rest. 0/1 (n, k) with scores (n, k): each label by itself.
        scores: float (n,) or (n, k); only their order matters.

    Returns:
        A float for scores (n,), else float64 (k,). NaN where all rows are positive or all are negative.

    Raises:
        ValueError: shapes that do not fit, NaN among the scores, labels other than 0/1 or the class numbers.

    Source: Hanley & McNeil, Radiology 143 (1982) 29-36.

    >>> roc_auc([0, 0, 1, 1], [0.1, 0.4, 0.4, 0.8])
    0.875
    >>> roc_auc([0, 1, 2], [[0.9, 0.1, 0.0], [0.2, 0.5, 0.3], [0.3, 0.6, 0.1]]).tolist()
    [1.0, 0.5, 0.5]
    """
    ones = np.ones((1, np.shape(y)[0] if np.ndim(y) else 0), np.uint16)
    areas = roc_auc_replicates(y, scores, ones)[0]
    return float(areas) if areas.ndim == 0 else areas


def roc_auc_replicates(y: ArrayLike, scores: ArrayLike, counts: ArrayLike) -> NDArray[np.float64]:
    """``roc_auc`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Args:
        y: as in ``roc_auc``.
        scores: as in ``roc_auc``.
        counts: integers (replicates, n) from ``draw_counts``.

    Returns:
        float64 (replicates,) for scores (n,), else (replicates, k). NaN in a replicate without a positive
        or without a negative: the area is undefined there.

    Raises:
        ValueError: as ``roc_auc``, or counts of another shape or dtype.

    Each class is sorted once; a replicate is then one cumulative sum of integers, so nothing is rounded
    before the last division.

    >>> roc_auc_replicates([0, 1, 1], [0.1, 0.4, 0.1], [[1, 1, 1], [1, 2, 0], [0, 2, 1]]).tolist()
    [0.75, 1.0, nan]
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim not in (1, 2) or np.isnan(values).any():
        raise ValueError("scores must be (n,) or (n, k) without NaN")
    positive = _positives(np.asarray(y), values)
    drawn = as_counts(counts, values.shape[0])
    if values.ndim == 1:
        return _binary_replicates(positive, values, drawn)
    areas = np.empty((drawn.shape[0], values.shape[1]))
    for column in range(values.shape[1]):
        areas[:, column] = _binary_replicates(positive[:, column], values[:, column], drawn)
    return areas


def _positives(y: NDArray[np.generic], scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Bool of the shape of ``scores``: which rows are positive for each column."""
    if y.shape[:1] != scores.shape[:1] or y.ndim > scores.ndim or y.ndim == 0:
        raise ValueError(f"y {y.shape} and scores {scores.shape} do not fit")
    one_vs_rest = y.ndim < scores.ndim
    if not one_vs_rest and y.shape != scores.shape:
        raise ValueError(f"y {y.shape} and scores {scores.shape} do not fit")
    allowed = np.arange(scores.shape[1] if one_vs_rest else 2)
    if not np.isin(y, allowed).all():
        raise ValueError(
            f"y must hold {'class numbers below ' + str(allowed.size) if one_vs_rest else '0 and 1'}"
        )
    positive: NDArray[np.bool_] = np.equal(y[:, None], allowed) if one_vs_rest else np.equal(y, 1)
    return positive


def _binary_replicates(
    positive: NDArray[np.bool_], scores: NDArray[np.float64], counts: NDArray[np.integer]
) -> NDArray[np.float64]:
    """Areas (replicates,) of one binary problem."""
    upper, lower = np.flatnonzero(positive), np.flatnonzero(~positive)
    lower = lower[np.argsort(scores[lower], kind="stable")]
    # For each positive: how many sorted negatives lie below it, and how many below it or level with it.
    below = np.searchsorted(scores[lower], scores[upper], side="left")
    level = np.searchsorted(scores[lower], scores[upper], side="right")
    areas = np.empty(counts.shape[0])
    for rows, block in replicate_blocks(counts):
        negatives = np.zeros((block.shape[0], lower.size + 1))
        np.cumsum(block[:, lower], axis=1, dtype=np.float64, out=negatives[:, 1:])
        drawn = block[:, upper].astype(np.float64)
        # Twice the number of won pairs: integers below 2**53, exact in float64.
        won = np.einsum("rp,rp->r", drawn, negatives[:, below] + negatives[:, level])
        pairs = drawn.sum(axis=1) * negatives[:, -1]
        areas[rows] = np.divide(won, 2 * pairs, out=np.full(won.size, np.nan), where=pairs > 0)
    return areas
