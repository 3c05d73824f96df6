"""What an interval is, and when replicates are too often undefined to give one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["MAX_UNDEFINED", "Interval", "enough_defined"]

MAX_UNDEFINED = 0.05


@dataclass(frozen=True)
class Interval:
    """A confidence interval.

    Attributes:
        low: lower end.
        high: upper end.
        level: coverage that the method aims at.
        method: how it was made, as the record says it.

    >>> Interval(0.25, 0.75, level=0.95, method="percentile bootstrap").low
    0.25
    """

    low: float
    high: float
    level: float
    method: str


def enough_defined(replicates: NDArray[np.float64]) -> bool:
    """Whether at most ``MAX_UNDEFINED`` of the replicates are NaN and two are left to compare.

    >>> enough_defined(np.array([0.5, 0.6, float("nan")]))
    False
    """
    undefined = np.count_nonzero(np.isnan(replicates))
    return bool(undefined <= MAX_UNDEFINED * replicates.size and replicates.size - undefined >= 2)
