"""Balanced accuracy from counts: no row is ever copied."""

from __future__ import annotations

import numpy as np

__all__ = ["balanced_accuracy", "balanced_chance"]


def balanced_accuracy(y, probabilities, counts):
    """Mean recall of the classes that occur, and the same in each replicate.

    Args:
        y: class indices int (n,).
        probabilities: float64 (n, classes).
        counts: uint16 (replicates, n), how often each row is drawn.

    Returns:
        A number and float64 (replicates,); a class that no row of a replicate has is left out there.
    """
    right = probabilities.argmax(axis=1) == y
    member = (y[:, None] == np.arange(probabilities.shape[1])).astype(np.float64)
    weights = np.vstack([np.ones(len(y)), counts]).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        recalls = (weights @ (member * right[:, None])) / (weights @ member)
    found = np.nanmean(recalls, axis=1)
    return found[0], found[1:]


def balanced_chance(y, k):
    """A guess is right in one of the classes that occur."""
    return 1 / len(np.unique(y))
