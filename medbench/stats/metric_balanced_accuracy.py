"""Balanced accuracy, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.confusion import confusion_replicates
from medbench.stats.shared_counts import SharedCounts

__all__ = ["balanced_accuracy", "balanced_accuracy_replicates"]


def balanced_accuracy(y: ArrayLike, predicted: ArrayLike, n_classes: int | None = None) -> float:
    """Mean over classes of the share of a class's rows that were called it.

    Args:
        y: class numbers (n,), 0-based.
        predicted: class numbers (n,).
        n_classes: number of classes of the spec; ``None`` takes the largest number seen, plus one.

    Returns:
        The mean recall; NaN where a class has no row.

    Raises:
        ValueError: shapes that do not fit, or a number outside the classes.

    Source: Brodersen et al., ICPR (2010) 3121-3124.

    >>> balanced_accuracy([0, 0, 0, 1], [0, 0, 1, 1]).__round__(3)
    0.833
    """
    ones = np.ones((1, np.size(y)), np.uint16)
    return float(balanced_accuracy_replicates(y, predicted, ones, n_classes)[0])


def balanced_accuracy_replicates(
    y: ArrayLike, predicted: ArrayLike, counts: ArrayLike | SharedCounts, n_classes: int | None = None
) -> NDArray[np.float64]:
    """``balanced_accuracy`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Returns:
        float64 (replicates,); NaN in a replicate that lacks a class.

    Raises:
        ValueError: as ``balanced_accuracy``, or counts of another shape or dtype.

    >>> balanced_accuracy_replicates([0, 1, 1], [0, 1, 0], [[1, 1, 1], [0, 2, 1]]).tolist()
    [0.75, nan]
    """
    table = confusion_replicates(y, predicted, counts, n_classes)
    hits, support = np.einsum("rkk->rk", table), table.sum(axis=2)
    recall = np.divide(hits, support, out=np.full(hits.shape, np.nan), where=support > 0)
    means: NDArray[np.float64] = recall.mean(axis=1)
    return means
