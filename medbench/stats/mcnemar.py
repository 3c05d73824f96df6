"""McNemar's test of two accuracies on the same rows, and its cluster-robust form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.null_law import ROUNDING, central_quantile, two_sided_p
from medbench.stats.result import TestResult

__all__ = ["mcnemar_test"]

# Below this many discordant rows the normal law is replaced by the exact binomial one.
_EXACT_BELOW = 25


def mcnemar_test(
    correct_a: ArrayLike, correct_b: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Is the accuracy of a equal to that of b? From the rows where one is right and the other wrong.

    Without groups: exact binomial below 25 discordant rows, else z = (n10 - n01) / √(n10 + n01).
    With groups: z = Σ D_g / √(Σ D_g²), D_g the sum over a group of (a right) - (b right); where each group
    is one row this is the z above.

    Args:
        correct_a: 0/1 or bool (n,).
        correct_b: 0/1 or bool (n,).
        groups: (n,) group of each row.
        level: coverage of the Wald interval of the difference.

    Returns:
        ``se`` and interval come from the spread of the D_g around the difference; both are ``None`` with
        fewer than two groups.

    Raises:
        ValueError: shapes that do not fit, no row, or outcomes other than 0/1.

    Source: McNemar, Psychometrika 12 (1947) 153-157; Obuchowski, Statistics in Medicine 17 (1998) 1495-1507
    and Durkalski et al., ibid. 22 (2003) 2417-2428 for clusters.

    >>> result = mcnemar_test([1, 1, 1, 1, 1, 0], [0, 0, 0, 0, 0, 1])
    >>> round(result.p_value, 5), result.method
    (0.21875, 'McNemar, exact')
    """
    first, second = _outcomes(correct_a), _outcomes(correct_b)
    if first.shape != second.shape:
        raise ValueError(f"both models must have the same rows, not {first.size} and {second.size}")
    difference = first - second
    unit = np.arange(difference.size) if groups is None else np.unique(groups, return_inverse=True)[1].ravel()
    if unit.shape != difference.shape:
        raise ValueError(f"groups must have one entry a row, {difference.size}, not {unit.size}")
    sums: NDArray[np.float64] = np.bincount(unit, weights=difference).astype(np.float64)
    estimate = float(difference.mean())
    discordant = int(np.count_nonzero(difference))
    statistic, p_value = two_sided_p(float(sums.sum()), math.sqrt(float(sums @ sums)))
    method = "McNemar, asymptotic" if groups is None else "McNemar, cluster-robust"
    if groups is None and discordant < _EXACT_BELOW:
        method, p_value = "McNemar, exact", _exact_p(difference)
    se = _standard_error(sums, np.bincount(unit), estimate)
    if se is None:
        return TestResult(estimate, None, statistic, p_value, None, None, f"{method}; too few groups")
    margin = central_quantile(level) * se
    return TestResult(estimate, se, statistic, p_value, estimate - margin, estimate + margin, method)


def _outcomes(correct: ArrayLike) -> NDArray[np.float64]:
    """0/1 as float64 (n,), n > 0."""
    values = np.asarray(correct, np.float64)
    if values.ndim != 1 or values.size == 0 or not np.isin(values, (0, 1)).all():
        raise ValueError("outcomes must be 0 or 1, (n,) with n > 0")
    return values


def _exact_p(difference: NDArray[np.float64]) -> float:
    """Two-sided binomial p-value of the discordant rows, each way equally likely."""
    from scipy.special import bdtr

    discordant = int(np.count_nonzero(difference))
    fewer = min(int(np.sum(difference > 0)), int(np.sum(difference < 0)))
    return min(1.0, 2 * float(bdtr(fewer, discordant, 0.5)))


def _standard_error(sums: NDArray[np.float64], sizes: NDArray[np.intp], estimate: float) -> float | None:
    """Standard error of the mean difference from the groups' sums."""
    if sums.size < 2:
        return None
    centred = sums - estimate * sizes
    se = math.sqrt(float(centred @ centred) * sums.size / (sums.size - 1)) / float(sizes.sum())
    return se if se > ROUNDING else 0.0
