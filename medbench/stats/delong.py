"""DeLong's test of two AUCs on the same rows, and its clustered form."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.null_law import central_quantile, two_sided_p
from medbench.stats.result import TestResult

__all__ = ["delong_test"]


def delong_test(
    y: ArrayLike, a: ArrayLike, b: ArrayLike, groups: ArrayLike | None = None, level: float = 0.95
) -> TestResult:
    """Is AUC(a) equal to AUC(b)? From structural components by midranks, in O(n log n).

    Args:
        y: 0/1 (n,), both present.
        a: scores of the first model, float (n,).
        b: scores of the second.
        groups: (n,) group of each row; then the variance is that of sums over groups, with the covariance
            between the positives and the negatives of one group.
        level: coverage of the interval estimate ± z·se.

    Returns:
        The normal law. ``se`` and all that follows from it are ``None`` when fewer than two groups (rows,
        without ``groups``) hold a positive, or a negative.

    Raises:
        ValueError: shapes that do not fit, NaN scores, labels other than 0/1, or one of the two absent.

    Source: DeLong et al., Biometrics 44 (1988) 837-845; Sun & Xu, IEEE SPL 21 (2014) 1389-1393 for the
    midranks; Obuchowski, Biometrics 53 (1997) 567-578 for clusters. One row a group gives the plain test.

    >>> y = [0, 0, 0, 1, 1, 1]
    >>> result = delong_test(y, [0.1, 0.2, 0.5, 0.4, 0.8, 0.9], [0.1, 0.6, 0.5, 0.2, 0.8, 0.4])
    >>> round(result.estimate, 3), round(result.se, 3), round(result.p_value, 3)
    (0.333, 0.272, 0.221)
    """
    labels = np.asarray(y)
    first, second = np.asarray(a, np.float64), np.asarray(b, np.float64)
    _check(labels, first, second)
    unit = np.arange(labels.size) if groups is None else np.unique(groups, return_inverse=True)[1].ravel()
    if unit.shape != labels.shape:
        raise ValueError(f"groups must have one entry a row, {labels.size}, not {unit.size}")
    positive = labels == 1
    components = _components(positive, first) - _components(positive, second)
    estimate = float(components[positive].mean())
    method = "DeLong" if groups is None else "DeLong, clustered (Obuchowski 1997)"
    se = _standard_error(components, positive, unit)
    if se is None:
        return TestResult(estimate, None, None, None, None, None, f"{method}; too few cases")
    statistic, p_value = two_sided_p(estimate, se)
    margin = central_quantile(level) * se
    return TestResult(estimate, se, statistic, p_value, estimate - margin, estimate + margin, method)


def _check(y: NDArray[np.generic], a: NDArray[np.float64], b: NDArray[np.float64]) -> None:
    """Refuse what the test is not defined for."""
    if y.ndim != 1 or y.shape != a.shape or y.shape != b.shape:
        raise ValueError(f"y {y.shape}, a {a.shape} and b {b.shape} must all be (n,)")
    if np.isnan(a).any() or np.isnan(b).any():
        raise ValueError("scores must not be NaN")
    if not np.array_equal(np.unique(y), [0, 1]):
        raise ValueError("y must hold 0 and 1, and both of them")


def _components(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """For each row the share of the other class that it beats, a tie counting one half (n,)."""
    from scipy.stats import rankdata

    components = np.empty(scores.size)
    together = rankdata(scores)
    n_positive = int(positive.sum())
    wins = together[positive] - rankdata(scores[positive])
    losses = together[~positive] - rankdata(scores[~positive])
    components[positive] = wins / (scores.size - n_positive)
    components[~positive] = 1 - losses / n_positive
    return components


def _standard_error(
    components: NDArray[np.float64], positive: NDArray[np.bool_], unit: NDArray[np.intp]
) -> float | None:
    """Obuchowski's standard error of the mean component; DeLong's where each unit is one row."""
    units = int(unit.max()) + 1
    sums = []
    for rows in (positive, ~positive):
        holds = np.bincount(unit[rows], minlength=units) > 0
        if holds.sum() < 2:
            return None
        centred = (components[rows] - components[rows].mean()) / rows.sum()
        sums.append((np.bincount(unit[rows], weights=centred, minlength=units), int(holds.sum())))
    (upper, with_positive), (lower, with_negative) = sums
    variance = float(upper @ upper) * with_positive / (with_positive - 1)
    variance += float(lower @ lower) * with_negative / (with_negative - 1)
    variance += 2 * float(upper @ lower) * units / (units - 1)
    return math.sqrt(max(0.0, variance))
