"""Rows of one column in the order of their scores, cut into steps: some negatives, then some positives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["SortedSteps", "sorted_steps"]


@dataclass(frozen=True)
class SortedSteps:
    """A step is a level of tied scores that holds both kinds, or a run of negatives and one of positives.

    Attributes:
        order: intp (n,), the rows, lowest score first; the negatives of a step before its positives.
        ends: intp (2, steps), where the negatives and where the positives of each step end in ``order``.
        tied: bool (steps,), whether the step is one level of tied scores.
    """

    order: NDArray[np.intp]
    ends: NDArray[np.intp]
    tied: NDArray[np.bool_]


def sorted_steps(positive: NDArray[np.bool_], scores: NDArray[np.float64]) -> SortedSteps:
    """Sort once.

    Args:
        positive: bool (n,).
        scores: float64 (n,) without NaN.

    >>> found = sorted_steps(np.array([True, False, False]), np.array([0.3, 0.1, 0.2]))
    >>> found.order.tolist(), found.ends.tolist(), found.tied.tolist()
    ([1, 2, 0], [[2], [3]], [False])
    """
    order = np.argsort(scores)
    values, upper = scores[order], positive[order]
    level = np.concatenate([[0], np.cumsum(values[1:] != values[:-1])])[: values.size]
    if values.size and level[-1] + 1 < values.size:
        order = order[np.argsort(2 * level + upper, kind="stable")]
        upper = positive[order]
    # A level is mixed where it holds both kinds; other levels join the run that they continue.
    sizes, won = np.bincount(level), np.bincount(level, weights=upper).astype(np.intp)
    mixed = (won > 0) & (won < sizes)
    after_positive = np.concatenate([[True], won[:-1] > 0])[: won.size]
    starts = mixed | np.concatenate([[True], mixed[:-1]])[: won.size] | (after_positive & (won == 0))
    first = np.flatnonzero(starts)
    ends = np.concatenate([np.cumsum(sizes)[first[1:] - 1], [values.size]]) if first.size else first
    positives = np.add.reduceat(won, first) if first.size else first
    return SortedSteps(order, np.stack([ends - positives, ends]), mixed[first])
