"""The smallest difference that a test set could have shown."""

from __future__ import annotations

import math

from medbench.stats.null_law import central_quantile

__all__ = ["detectable_difference"]


def detectable_difference(se: float, df: int | None = None, power: float = 0.8, alpha: float = 0.05) -> float:
    """The true difference that the two-sided test finds with the given power: (q(1 - alpha/2) + q(power)) se.

    A statement about the test set's size alone: it does not use the difference that was found, so it is no
    "observed power".

    Args:
        se: standard error of the paired difference (the SD of the replicate differences).
        df: degrees of freedom; ``None`` uses the normal law.
        power: chance of finding it, between 0.5 and 1.
        alpha: two-sided level of the test.

    Returns:
        The difference, on the scale of ``se``. The other tail of the test is neglected: below 1e-4 at 80 %.

    Raises:
        ValueError: negative or non-finite ``se``, power outside [0.5, 1), alpha outside (0, 1), df below 1.

    Source: Hoenig & Heisey, The American Statistician 55 (2001) 19-24, on why the found difference stays out.

    >>> round(detectable_difference(0.01), 4)
    0.028
    """
    if not (se >= 0 and math.isfinite(se)):
        raise ValueError(f"se must be finite and not negative, not {se}")
    if not 0.5 <= power < 1 or not 0 < alpha < 1:
        raise ValueError(f"power must be in [0.5, 1) and alpha in (0, 1), not {power} and {alpha}")
    if df is not None and df < 1:
        raise ValueError(f"df must be at least 1, not {df}")
    reach = central_quantile(2 * power - 1, df) if power > 0.5 else 0.0
    return (central_quantile(1 - alpha, df) + reach) * se
