"""The paper's test. Invalid; computed so that its published p-values can be reproduced and judged."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from medbench.stats.null_law import central_quantile, two_sided_p
from medbench.stats.paired_replicates import PairedReplicates
from medbench.stats.result import TestResult

__all__ = ["paired_t_replicates"]


def paired_t_replicates(replicates_a: ArrayLike, replicates_b: ArrayLike, level: float = 0.95) -> TestResult:
    """Paired two-tailed t-test over bootstrap replicates: t = mean(d) / (SD(d) / √B), d = a - b.

    **Do not use it to decide anything.** SD(d) is already the standard error of the difference; dividing it
    by √B again makes t grow with the number of replicates. Two models of equal true AUC differ at p < 0.05
    in 96 % of simulated data sets. ``z`` = t / √B is what the replicates support.

    Args:
        replicates_a: float (B,), NaN where undefined.
        replicates_b: float (B,).
        level: coverage of the (equally invalid) interval.

    Returns:
        ``estimate`` is the mean of the replicate differences, ``df`` = B - 1, ``z`` = t / √B, with B the
        replicates defined in both; the others are left out and counted. All but the method is ``None``, and
        ``estimate`` 0, when fewer than two are left.

    Raises:
        ValueError: replicates that do not pair.

    Source: the paper's "bootstrapping with 1,000 replicates and paired 2-tailed t-tests"; equal to
    ``scipy.stats.ttest_rel``.

    >>> result = paired_t_replicates([0.84, 0.86, 0.85], [0.80, 0.81, 0.82])
    >>> round(result.statistic, 3), result.df, round(result.z, 3)
    (6.928, 2, 4.0)
    """
    pair = PairedReplicates.of(replicates_a, replicates_b)
    method = "paired t-test over replicates (paper method, invalid)"
    if pair.a.size < 2:
        return TestResult(
            0.0, None, None, None, None, None, f"{method}; too few cases", undefined=pair.undefined
        )
    size, estimate = pair.a.size, float(pair.differences.mean())
    spread = float(pair.differences.std(ddof=1))
    statistic, p_value = two_sided_p(estimate, spread / math.sqrt(size), df=size - 1)
    margin = central_quantile(level, df=size - 1) * spread / math.sqrt(size)
    return TestResult(
        estimate=estimate,
        se=spread / math.sqrt(size),
        statistic=statistic,
        p_value=p_value,
        ci_low=estimate - margin,
        ci_high=estimate + margin,
        method=method if statistic is not None else f"{method}; no spread between replicates",
        df=size - 1,
        z=None if statistic is None else float(np.divide(statistic, math.sqrt(size))),
        undefined=pair.undefined,
    )
