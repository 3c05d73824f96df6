"""Brier score, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.metric_accuracy import accuracy, accuracy_replicates
from medbench.stats.shared_counts import SharedCounts

__all__ = ["brier", "brier_replicates"]


def brier(y: ArrayLike, probabilities: ArrayLike) -> float:
    """Mean squared distance between what happened and what was said; 0 is best.

    Args:
        y: 0/1 (n,) with probabilities (n,), or class numbers (n,) with probabilities (n, k).
        probabilities: float (n,) of class 1, or (n, k) of every class.

    Returns:
        The mean of (p - y)² for probabilities (n,), between 0 and 1; of the sum of it over classes for
        (n, k), between 0 and 2. NaN without a row.

    Raises:
        ValueError: shapes that do not fit, labels or probabilities outside their range.

    Source: Brier, Monthly Weather Review 78 (1950) 1-3 (the sum over classes).

    >>> brier([0, 1], [0.2, 0.6]).__round__(3), brier([0, 1], [[0.8, 0.2], [0.4, 0.6]]).__round__(3)
    (0.1, 0.2)
    """
    return accuracy(_errors(y, probabilities))


def brier_replicates(
    y: ArrayLike, probabilities: ArrayLike, counts: ArrayLike | SharedCounts
) -> NDArray[np.float64]:
    """``brier`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Returns:
        float64 (replicates,); NaN in a replicate that drew none of the rows.

    Raises:
        ValueError: as ``brier``, or counts of another shape or dtype.

    >>> brier_replicates([0, 1], [0.2, 0.6], [[1, 1], [2, 0]]).round(3).tolist()
    [0.1, 0.04]
    """
    return accuracy_replicates(_errors(y, probabilities), counts)


def _errors(y: ArrayLike, probabilities: ArrayLike) -> NDArray[np.float64]:
    """Squared distance of each row."""
    labels, said = np.asarray(y), np.asarray(probabilities, dtype=np.float64)
    if said.ndim not in (1, 2) or labels.shape != said.shape[:1]:
        raise ValueError(f"y {labels.shape} and probabilities {said.shape} do not fit")
    if not ((said >= 0) & (said <= 1)).all():
        raise ValueError("probabilities must lie between 0 and 1")
    classes = np.arange(2 if said.ndim == 1 else said.shape[1])
    if not np.isin(labels, classes).all():
        raise ValueError(f"y must hold class numbers below {classes.size}")
    errors: NDArray[np.float64]
    if said.ndim == 1:
        errors = (said - labels) ** 2
    else:
        errors = ((said - (labels[:, None] == classes)) ** 2).sum(axis=1)
    return errors
