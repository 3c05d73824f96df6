"""Adjustment of p-values for a family of tests."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["benjamini_hochberg", "holm"]


def holm(p_values: ArrayLike) -> NDArray[np.float64]:
    """Holm's step-down adjustment: the i-th smallest of m times m - i + 1, kept monotone and cut at 1.

    Rejecting where the result is at most alpha keeps the chance of any false rejection in the family at
    alpha or below, whatever the dependence between the tests.

    Args:
        p_values: float (m,), the family; leave out tests without a p-value.

    Returns:
        float64 (m,), adjusted p-values in the order given; empty for an empty family.

    Raises:
        ValueError: not one-dimensional, NaN, or outside [0, 1].

    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.

    >>> holm([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.06, 0.06]
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")
    stepped = values[order] * np.arange(values.size, 0, -1)
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.maximum.accumulate(stepped))
    return adjusted


def benjamini_hochberg(p_values: ArrayLike) -> NDArray[np.float64]:
    """Benjamini-Hochberg's step-up: the i-th smallest of m times m / i, kept monotone and cut at 1.

    Rejecting where the result is at most q keeps the expected share of false rejections among the rejections
    at q or below, for tests that are independent or positively dependent.

    Args:
        p_values: float (m,), the family; leave out tests without a p-value.

    Returns:
        float64 (m,), adjusted p-values in the order given; empty for an empty family.

    Raises:
        ValueError: not one-dimensional, NaN, or outside [0, 1].

    Source: Benjamini & Hochberg, Journal of the Royal Statistical Society B 57 (1995) 289-300.

    >>> benjamini_hochberg([0.01, 0.04, 0.03]).round(3).tolist()
    [0.03, 0.04, 0.04]
    """
    values = _checked(p_values)
    order = np.argsort(values, kind="stable")[::-1]
    stepped = values[order] * (values.size / np.arange(values.size, 0, -1))
    adjusted = np.empty_like(values)
    adjusted[order] = np.minimum(1.0, np.minimum.accumulate(stepped))
    return adjusted


def _checked(p_values: ArrayLike) -> NDArray[np.float64]:
    values = np.asarray(p_values, np.float64)
    if values.ndim != 1 or not ((values >= 0) & (values <= 1)).all():
        raise ValueError("p-values must be (m,) within [0, 1]")
    return values
