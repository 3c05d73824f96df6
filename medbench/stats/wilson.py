"""Wilson's interval of a proportion."""

from __future__ import annotations

import math

from medbench.stats.interval import Interval

__all__ = ["wilson_interval"]


def wilson_interval(successes: float, n: int, level: float = 0.95) -> Interval | None:
    """Score interval of a proportion: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).

    Args:
        successes: number of successes, 0..n; a fraction where rows are shares of tries.
        n: number of independent trials.
        level: coverage aimed at, between 0 and 1.

    Returns:
        The interval inside [0, 1], or ``None`` without a trial.

    Raises:
        ValueError: successes outside 0..n, negative n, or a level outside (0, 1).

    Source: Wilson, JASA 22 (1927) 209-212.

    >>> interval = wilson_interval(504, 929)
    >>> round(interval.low, 3), round(interval.high, 3)
    (0.51, 0.574)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if n < 0 or not 0 <= successes <= n:
        raise ValueError(f"successes must lie in 0..n, not {successes} of {n}")
    if n == 0:
        return None
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))
    p = successes / n
    centre = p + z * z / (2 * n)
    margin = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    scale = 1 + z * z / n
    # The formula reaches 0 and 1 exactly at no success and at no failure; rounding must keep to that.
    low = 0.0 if successes == 0 else max(0.0, (centre - margin) / scale)
    high = 1.0 if successes == n else min(1.0, (centre + margin) / scale)
    return Interval(low, high, level, "Wilson")
