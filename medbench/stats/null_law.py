"""Two-sided p-values and quantiles of the normal law and of Student's t."""

from __future__ import annotations

import math

__all__ = ["ROUNDING", "central_quantile", "two_sided_p"]

# A spread or difference below this is rounding: the smallest real one, one pair of rows in one of 1,000
# replicates, is some hundred times larger at the sizes of the benchmark.
ROUNDING = 1e-12


def two_sided_p(estimate: float, se: float, df: int | None = None) -> tuple[float | None, float]:
    """Statistic estimate/se and its two-sided p-value under the normal law, or t with ``df`` degrees.

    Without spread a difference of 0 gives (0.0, 1.0) and any other (None, 0.0), never NaN or infinity.

    >>> statistic, p = two_sided_p(1.96, 1.0)
    >>> statistic, round(p, 3)
    (1.96, 0.05)
    >>> two_sided_p(0.0, 0.0), two_sided_p(0.1, 0.0)
    ((0.0, 1.0), (None, 0.0))
    """
    from scipy.special import ndtr, stdtr

    if se <= ROUNDING:
        return (0.0, 1.0) if abs(estimate) <= ROUNDING else (None, 0.0)
    statistic = estimate / se
    tail = ndtr(-abs(statistic)) if df is None else stdtr(df, -abs(statistic))
    return statistic, min(1.0, 2 * float(tail))


def central_quantile(level: float, df: int | None = None) -> float:
    """The positive end of the central interval that holds ``level`` of the law.

    Raises:
        ValueError: a level outside (0, 1).

    >>> round(central_quantile(0.95), 2), round(central_quantile(0.95, df=10), 3)
    (1.96, 2.228)
    """
    from scipy.special import ndtri, stdtrit

    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    end = float(ndtri((1 + level) / 2) if df is None else stdtrit(df, (1 + level) / 2))
    assert math.isfinite(end)
    return end
