"""Chance levels: what a guess without looking scores, for each metric."""

from __future__ import annotations

from math import comb

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["ROC_AUC_CHANCE", "any_of_chance", "choice_chance", "f1_chance", "majority_of_chance"]

ROC_AUC_CHANCE = 0.5


def f1_chance(class_counts: ArrayLike) -> NDArray[np.float64]:
    """F1 of each class for a guess that names class k with its frequency p_k, independently of the row.

    Precision and recall of such a guess are both p_k, so F1_k = p_k (up to terms of order 1/n). The macro
    mean is 1/k whatever the frequencies; the weighted mean is Σ p_k²; the binary value is the entry of
    class 1.

    Args:
        class_counts: rows of each class (k,), not negative, not all 0.

    Returns:
        float64 (k,), which sums to 1.

    Raises:
        ValueError: not one-dimensional, negative, or all 0.

    Source: Flach & Kull, "Precision-recall-gain curves" (NeurIPS 2015), section 2.

    >>> f1_chance([30, 10]).tolist(), float(f1_chance([30, 10]).mean())
    ([0.75, 0.25], 0.5)
    """
    counts = np.asarray(class_counts, np.float64)
    if counts.ndim != 1 or not (counts >= 0).all() or counts.sum() == 0:
        raise ValueError("class_counts must be (k,), not negative and not all 0")
    shares: NDArray[np.float64] = counts / counts.sum()
    return shares


def choice_chance(options: int) -> float:
    """Accuracy of one uniform guess among ``options``.

    Raises:
        ValueError: fewer than one option.

    >>> choice_chance(5)
    0.2
    """
    if options < 1:
        raise ValueError(f"options must be at least 1, not {options}")
    return 1 / options


def any_of_chance(options: int, tries: int) -> float:
    """Chance that at least one of ``tries`` independent uniform guesses is right: 1 - (1 - 1/k)^t.

    Raises:
        ValueError: fewer than one option or try.

    >>> round(any_of_chance(5, 3), 3)
    0.488
    """
    if tries < 1:
        raise ValueError(f"tries must be at least 1, not {tries}")
    return float(1 - (1 - choice_chance(options)) ** tries)


def majority_of_chance(options: int, tries: int) -> float:
    """Chance that the right option wins the vote of ``tries`` independent uniform guesses.

    An option wins when it has strictly more tries than every other option. A tie is wrong; so is a case
    without any answer. (A try without an answer casts no vote.) By enumeration over the right option's
    number of votes v and the ways in which every other option stays below v.

    Raises:
        ValueError: fewer than one option or try.

    >>> round(majority_of_chance(5, 3), 3), majority_of_chance(2, 3), majority_of_chance(5, 1)
    (0.104, 0.5, 0.2)
    """
    if options < 1 or tries < 1:
        raise ValueError(f"options and tries must be at least 1, not {options} and {tries}")
    winning = sum(
        comb(tries, votes) * _sequences_below(tries - votes, options - 1, votes)
        for votes in range(1, tries + 1)
    )
    return float(winning / options**tries)


def _sequences_below(length: int, options: int, limit: int) -> int:
    """Number of sequences of ``length`` answers among ``options``, each given fewer than ``limit`` times."""
    ways = [1] + [0] * length
    for _ in range(options):
        ways = [
            sum(comb(total, used) * ways[total - used] for used in range(min(limit, total + 1)))
            for total in range(length + 1)
        ]
    return ways[length]
