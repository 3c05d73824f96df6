"""Spread and percentile interval of bootstrap replicates."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.interval import Interval, enough_defined

__all__ = ["percentile_interval", "replicate_sd"]


def percentile_interval(replicates: ArrayLike, level: float = 0.95) -> Interval | None:
    """Quantiles (1 - level)/2 and (1 + level)/2 of the defined replicates, linearly interpolated.

    Args:
        replicates: float (B,), NaN where the metric is undefined.
        level: coverage aimed at, between 0 and 1.

    Returns:
        The interval, or ``None`` ("too few cases") when more than 5 % of the replicates are undefined.

    Raises:
        ValueError: not one-dimensional, empty, or a level outside (0, 1).

    Source: Efron & Tibshirani, "An introduction to the bootstrap" (1993), chapter 13.

    >>> interval = percentile_interval([0.1, 0.2, 0.3, 0.4, 0.5], level=0.5)
    >>> interval.low, interval.high
    (0.2, 0.4)
    >>> percentile_interval([0.1, 0.2, float("nan")]) is None
    True
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    values = _replicates(replicates)
    if not enough_defined(values):
        return None
    ends = np.quantile(values[~np.isnan(values)], [(1 - level) / 2, (1 + level) / 2])
    return Interval(float(ends[0]), float(ends[1]), level, "percentile bootstrap")


def replicate_sd(replicates: ArrayLike) -> float | None:
    """Bootstrap standard error: the sample standard deviation of the defined replicates.

    Args:
        replicates: float (B,), NaN where the metric is undefined.

    Returns:
        The standard deviation, or ``None`` when more than 5 % of the replicates are undefined.

    Raises:
        ValueError: not one-dimensional, or empty.

    >>> replicate_sd([0.1, 0.2, 0.3]).__round__(3)
    0.1
    """
    values = _replicates(replicates)
    return float(np.nanstd(values, ddof=1)) if enough_defined(values) else None


def _replicates(replicates: ArrayLike) -> NDArray[np.float64]:
    """One-dimensional float64 with at least one value."""
    values = np.asarray(replicates, dtype=np.float64)
    if values.ndim != 1 or values.size == 0:
        raise ValueError(f"replicates must be (B,) with B > 0, not {values.shape}")
    return values
