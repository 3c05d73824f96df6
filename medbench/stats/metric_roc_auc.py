"""Area under the ROC curve, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.curve_sweep import sweep_curve
from medbench.stats.label_matrix import positives
from medbench.stats.shared_counts import SharedCounts, shared_counts

__all__ = ["roc_auc", "roc_auc_replicates"]


def roc_auc(y: ArrayLike, scores: ArrayLike) -> float | NDArray[np.float64]:
    """Probability that a positive scores above a negative, ties counting one half (Mann-Whitney).

    Args:
        y: 0/1 (n,) with scores (n,): binary. Class numbers (n,) with scores (n, k): each class against the
            rest. 0/1 (n, k) with scores (n, k): each label by itself; -1 or NaN where a label is not known,
            which leaves the row out for that label.
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


def roc_auc_replicates(
    y: ArrayLike, scores: ArrayLike, counts: ArrayLike | SharedCounts
) -> NDArray[np.float64]:
    """``roc_auc`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Args:
        y: as in ``roc_auc``.
        scores: as in ``roc_auc``.
        counts: integers (replicates, n) from ``draw_counts``, or what ``share_counts`` makes of them.

    Returns:
        float64 (replicates,) for scores (n,), else (replicates, k). NaN in a replicate without a positive
        or without a negative: the area is undefined there.

    Raises:
        ValueError: as ``roc_auc``, or counts of another shape or dtype.

    Each class is sorted once, and one sweep adds up integers for many replicates side by side, so nothing is
    rounded before the last division. Compiled where the extra ``fast`` is installed; the values are the same.

    >>> roc_auc_replicates([0, 1, 1], [0.1, 0.4, 0.1], [[1, 1, 1], [1, 2, 0], [0, 2, 1]]).tolist()
    [0.75, 1.0, nan]
    """
    values = np.asarray(scores, dtype=np.float64)
    if values.ndim not in (1, 2):
        raise ValueError("scores must be (n,) or (n, k)")
    positive, known = positives(np.asarray(y), values)
    drawn = shared_counts(counts, values.shape[0])
    if values.ndim == 1:
        return sweep_curve(positive[known], values[known], np.flatnonzero(known), drawn)
    areas = np.empty((drawn.replicates, values.shape[1]))
    for k in range(values.shape[1]):
        rows = np.flatnonzero(known[:, k])
        areas[:, k] = sweep_curve(positive[rows, k], values[rows, k], rows, drawn)
    return areas
