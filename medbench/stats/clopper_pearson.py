"""Clopper and Pearson's interval of a proportion."""

from __future__ import annotations

from medbench.stats.interval import Interval

__all__ = ["clopper_pearson_interval"]


def clopper_pearson_interval(successes: int, n: int, level: float = 0.95) -> Interval | None:
    """Exact interval: quantiles of Beta(s, n - s + 1) and Beta(s + 1, n - s); covers ``level`` at least.

    Args:
        successes: number of successes, 0..n, a whole number.
        n: number of independent trials.
        level: coverage that is kept at least, between 0 and 1.

    Returns:
        The interval inside [0, 1], or ``None`` without a trial.

    Raises:
        ValueError: successes outside 0..n or not whole, negative n, or a level outside (0, 1).

    Source: Clopper & Pearson, Biometrika 26 (1934) 404-413.

    >>> interval = clopper_pearson_interval(10, 10)
    >>> round(interval.low, 3), interval.high
    (0.692, 1.0)
    """
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if n < 0 or not 0 <= successes <= n or int(successes) != successes:
        raise ValueError(f"successes must be a whole number in 0..n, not {successes} of {n}")
    if n == 0:
        return None
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = 0.0 if successes == 0 else float(betaincinv(successes, n - successes + 1, tail))
    high = 1.0 if successes == n else float(betaincinv(successes + 1, n - successes, 1 - tail))
    return Interval(low, high, level, "Clopper-Pearson")
