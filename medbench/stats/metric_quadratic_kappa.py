"""Quadratically weighted kappa, of the data and of every bootstrap replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.confusion import confusion_replicates
from medbench.stats.shared_counts import SharedCounts

__all__ = ["quadratic_kappa", "quadratic_kappa_replicates"]


def quadratic_kappa(y: ArrayLike, predicted: ArrayLike, n_classes: int | None = None) -> float:
    """1 - (observed / expected) mean squared distance between grades, expected from the margins.

    Args:
        y: grades (n,), 0-based and in order.
        predicted: grades (n,).
        n_classes: number of grades of the spec; ``None`` takes the largest number seen, plus one. The value
            does not depend on it.

    Returns:
        Kappa; NaN where ``y`` and ``predicted`` are all of one same grade.

    Raises:
        ValueError: shapes that do not fit, or a number outside the grades.

    Source: Cohen, Psychological Bulletin 70 (1968) 213-220.

    >>> quadratic_kappa([0, 1, 2, 2], [0, 1, 1, 2]).__round__(3)
    0.8
    """
    ones = np.ones((1, np.size(y)), np.uint16)
    return float(quadratic_kappa_replicates(y, predicted, ones, n_classes)[0])


def quadratic_kappa_replicates(
    y: ArrayLike, predicted: ArrayLike, counts: ArrayLike | SharedCounts, n_classes: int | None = None
) -> NDArray[np.float64]:
    """``quadratic_kappa`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Returns:
        float64 (replicates,); NaN in a replicate that holds one grade alone, called nothing else.

    Raises:
        ValueError: as ``quadratic_kappa``, or counts of another shape or dtype.

    >>> quadratic_kappa_replicates([0, 1, 1], [0, 1, 0], [[1, 1, 1], [2, 0, 0]]).round(3).tolist()
    [0.4, nan]
    """
    table = confusion_replicates(y, predicted, counts, n_classes)
    grades = np.arange(table.shape[1])
    distance = (grades[:, None] - grades) ** 2.0
    observed = np.einsum("rij,ij->r", table, distance) * table.sum(axis=(1, 2))
    expected = np.einsum("ri,rj,ij->r", table.sum(axis=2), table.sum(axis=1), distance)
    share = np.divide(observed, expected, out=np.full(observed.size, np.nan), where=expected > 0)
    kappa: NDArray[np.float64] = 1 - share
    return kappa
