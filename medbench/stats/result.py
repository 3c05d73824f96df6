"""What every test returns."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TestResult"]


@dataclass(frozen=True)
class TestResult:
    """The outcome of a two-sided test of a difference a - b. Never NaN or infinite, so that JSON can hold it.

    Attributes:
        estimate: the difference.
        se: its standard error; ``None`` where it cannot be had.
        statistic: z or t; ``None`` where it cannot be had or is infinite (no spread, but a difference).
        p_value: two-sided; ``None`` where there are too few cases for one.
        ci_low: lower end of the interval of the difference; ``None`` without an interval.
        ci_high: upper end.
        method: what was done, in words, with every fallback.
        df: degrees of freedom; ``None`` when the normal law was used.
        z: ``paired_t_replicates`` only: t / √B, the statistic that replicates can support.
        undefined: replicates left out because the metric is undefined in either model.

    >>> TestResult(0.02, 0.01, 2.0, 0.0455, 0.0, 0.04, method="DeLong").df is None
    True
    """

    __test__ = False  # pytest collects classes named Test*

    estimate: float
    se: float | None
    statistic: float | None
    p_value: float | None
    ci_low: float | None
    ci_high: float | None
    method: str
    df: int | None = None
    z: float | None = None
    undefined: int = 0
