"""Two models that differ by less than a margin: equivalence and non-inferiority."""

from __future__ import annotations

import math
from dataclasses import dataclass

from medbench.stats.null_law import ROUNDING

__all__ = ["EquivalenceResult", "equivalence_test"]


@dataclass(frozen=True)
class EquivalenceResult:
    """What a margin allows to be said.

    Attributes:
        margin: largest difference that does not matter, on the scale of the estimate.
        p_non_inferior: one-sided p of "a is worse than b by the margin or more".
        p_not_superior: one-sided p of "a is better than b by the margin or more".
        p_equivalent: the larger of the two; small where the models differ by less than the margin.

    >>> EquivalenceResult(0.02, 0.001, 0.03, 0.03).p_equivalent < 0.05
    True
    """

    margin: float
    p_non_inferior: float
    p_not_superior: float
    p_equivalent: float


def equivalence_test(estimate: float, se: float, margin: float, df: int | None = None) -> EquivalenceResult:
    """Two one-sided tests: (estimate + margin) / se and (margin - estimate) / se, against t or normal.

    Args:
        estimate: difference a minus b, for a metric where more is better.
        se: its standard error.
        margin: stated before looking, above 0.
        df: degrees of freedom; ``None`` uses the normal law.

    Returns:
        Both one-sided p-values and their maximum.

    Raises:
        ValueError: a margin that is not above 0, a negative or non-finite standard error, or ``df`` below 1.

    Source: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987) 657-680.

    >>> round(equivalence_test(0.0, 0.01, margin=0.02).p_equivalent, 4)
    0.0228
    """
    if not (margin > 0 and math.isfinite(margin)):
        raise ValueError(f"margin must be above 0, not {margin}")
    if not (se >= 0 and math.isfinite(se) and math.isfinite(estimate)):
        raise ValueError("estimate and se must be finite, and se not negative")
    if df is not None and df < 1:
        raise ValueError(f"df must be at least 1, not {df}")
    lower = _upper_tail(estimate + margin, se, df)
    upper = _upper_tail(margin - estimate, se, df)
    return EquivalenceResult(margin, lower, upper, max(lower, upper))


def _upper_tail(distance: float, se: float, df: int | None) -> float:
    from scipy.special import ndtr, stdtr

    if se <= ROUNDING:
        return 0.0 if distance > ROUNDING else 1.0
    return float(ndtr(-distance / se) if df is None else stdtr(df, -distance / se))
