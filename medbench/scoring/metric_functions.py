"""The built-in metrics of probe tasks: functions of labels, probabilities and counts (``MetricCard``)."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench import stats

__all__ = ["accuracy", "accuracy_chance", "f1", "f1_chance", "f1_macro", "f1_macro_chance", "f1_weighted",
           "f1_weighted_chance", "roc_auc", "roc_auc_mean"]  # fmt: skip

Y = NDArray[np.integer]
P = NDArray[np.float64]
Counts = NDArray[np.uint16]
Found = tuple[Any, NDArray[np.float64]]


def roc_auc(y: Y, probabilities: P, counts: Counts) -> Found:
    """One against the rest for each class or label; of two classes the second."""
    positive, columns = _positives(y, probabilities.shape[1])
    pairs = [(positive[:, c].astype(np.int64), probabilities[:, c]) for c in columns]
    values = np.array([float(stats.roc_auc(*pair)) for pair in pairs])
    return values, np.stack([stats.roc_auc_replicates(*pair, counts) for pair in pairs], axis=1)


def roc_auc_mean(y: Y, probabilities: P, counts: Counts) -> Found:
    """Mean over classes or labels; undefined where one of them is."""
    values, replicates = roc_auc(y, probabilities, counts)
    return values.mean(), replicates.mean(axis=1)


def f1(y: Y, probabilities: P, counts: Counts) -> Found:
    """F1 of each class."""
    return _f1(y, probabilities, counts, None)


def f1_macro(y: Y, probabilities: P, counts: Counts) -> Found:
    """Plain mean of the classes' F1."""
    return _f1(y, probabilities, counts, "macro")


def f1_weighted(y: Y, probabilities: P, counts: Counts) -> Found:
    """Mean of the classes' F1 weighted by their frequency."""
    return _f1(y, probabilities, counts, "weighted")


def accuracy(y: Y, probabilities: P, counts: Counts) -> Found:
    """Share of rows whose likeliest class is right."""
    correct = (y == probabilities.argmax(axis=1)).astype(np.float64)
    return correct.mean(), stats.accuracy_replicates(correct, counts)


def f1_chance(y: Y, k: int) -> NDArray[np.float64]:
    """F1 of each class by a guess that knows the frequencies."""
    return np.asarray(stats.f1_chance(np.bincount(y, minlength=k)), dtype=np.float64)


def f1_macro_chance(y: Y, k: int) -> float:
    """Its plain mean."""
    return float(f1_chance(y, k).mean())


def f1_weighted_chance(y: Y, k: int) -> float:
    """Its mean weighted by frequency."""
    return float((f1_chance(y, k) ** 2).sum())


accuracy_chance = f1_weighted_chance
"""A guess that knows the frequencies is right with the sum of their squares."""


def _f1(y: Y, probabilities: P, counts: Counts, average: Any) -> Found:
    predicted, k = probabilities.argmax(axis=1), probabilities.shape[1]
    value = stats.f1(y, predicted, average=average, n_classes=k)
    return value, stats.f1_replicates(y, predicted, counts, average=average, n_classes=k)


def _positives(y: Y, k: int) -> tuple[NDArray[np.bool_], list[int]]:
    if y.ndim == 2:
        return y > 0, list(range(k))
    return y[:, None] == np.arange(k), [1] if k == 2 else list(range(k))
