"""Positive and negative predictive value at a stated prevalence, of the data and of every replicate."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.confusion import confusion_replicates
from medbench.stats.shared_counts import SharedCounts

__all__ = ["predictive_values", "predictive_values_replicates"]


def predictive_values(y: ArrayLike, predicted: ArrayLike, prevalence: float) -> NDArray[np.float64]:
    """What a call is worth where the disease is as frequent as stated, whatever the sample holds.

    PPV = se·π / (se·π + (1-sp)·(1-π)); NPV = sp·(1-π) / (sp·(1-π) + (1-se)·π).

    Args:
        y: 0/1 (n,).
        predicted: 0/1 (n,), the call.
        prevalence: π, between 0 and 1.

    Returns:
        float64 (2,): PPV and NPV; NaN where a class is absent, or where the call is never made.

    Raises:
        ValueError: shapes that do not fit, values other than 0/1, a prevalence outside (0, 1).

    Source: Bayes' rule; Altman & Bland, BMJ 309 (1994) 102.

    >>> predictive_values([0, 0, 1, 1], [0, 1, 1, 1], prevalence=0.1).round(3).tolist()
    [0.182, 1.0]
    """
    ones = np.ones((1, np.size(y)), np.uint16)
    values: NDArray[np.float64] = predictive_values_replicates(y, predicted, ones, prevalence)[0]
    return values


def predictive_values_replicates(
    y: ArrayLike, predicted: ArrayLike, counts: ArrayLike | SharedCounts, prevalence: float
) -> NDArray[np.float64]:
    """``predictive_values`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Returns:
        float64 (replicates, 2); NaN where a replicate leaves a value undefined.

    Raises:
        ValueError: as ``predictive_values``, or counts of another shape or dtype.

    >>> predictive_values_replicates([0, 1], [0, 1], [[1, 1], [2, 0]], prevalence=0.5).tolist()
    [[1.0, 1.0], [nan, nan]]
    """
    if not 0 < prevalence < 1:
        raise ValueError(f"prevalence must lie between 0 and 1, not {prevalence}")
    table = confusion_replicates(y, predicted, counts, 2)
    support = table.sum(axis=2, keepdims=True)
    share = np.divide(table, support, out=np.full(table.shape, np.nan), where=support > 0)
    weighed = share * np.array([1 - prevalence, prevalence])[:, None]
    right, called = np.einsum("rkk->rk", weighed), weighed.sum(axis=1)
    values: NDArray[np.float64] = np.divide(right, called, out=np.full(right.shape, np.nan), where=called > 0)
    return values[:, ::-1]
