"""The built-in metrics of probe tasks: functions of labels, probabilities and counts (``MetricCard``).

Unlike a plugin's they may be given shared counts, which are made ready once for all of them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench import stats

__all__ = [
    "accuracy",
    "accuracy_chance",
    "average_precision",
    "average_precision_chance",
    "balanced_accuracy",
    "balanced_accuracy_chance",
    "brier",
    "brier_chance",
    "f1",
    "f1_chance",
    "f1_macro",
    "f1_macro_chance",
    "f1_weighted",
    "f1_weighted_chance",
    "quadratic_kappa",
    "roc_auc",
    "roc_auc_mean",
]

Y = NDArray[np.integer]
P = NDArray[np.float64]
Counts = NDArray[np.uint16] | stats.SharedCounts
Found = tuple[Any, NDArray[np.float64]]


def roc_auc(y: Y, probabilities: P, counts: Counts) -> Found:
    """One against the rest for each class or label; of two classes the second."""
    pair = _columns(y, probabilities)
    return stats.roc_auc(*pair), stats.roc_auc_replicates(*pair, counts)


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


def average_precision(y: Y, probabilities: P, counts: Counts) -> Found:
    """As ``roc_auc``: one against the rest, of two classes the second."""
    pair = _columns(y, probabilities)
    return stats.average_precision(*pair), stats.average_precision_replicates(*pair, counts)


def average_precision_chance(y: Y, k: int) -> NDArray[np.float64]:
    """A random order finds positives as often as there are any."""
    known = y >= 0
    if y.ndim == 2:
        share = (y > 0).sum(axis=0) / np.maximum(1, known.sum(axis=0))
    else:
        share = np.bincount(y, minlength=k) / y.size
        share = share[1:] if k == 2 else share
    return np.asarray(share, dtype=np.float64)


def balanced_accuracy(y: Y, probabilities: P, counts: Counts) -> Found:
    """Mean recall of the classes, of the likeliest class."""
    called, k = probabilities.argmax(axis=1), probabilities.shape[1]
    return stats.balanced_accuracy(y, called, k), stats.balanced_accuracy_replicates(y, called, counts, k)


def balanced_accuracy_chance(_: Y, k: int) -> float:
    """Whatever is guessed, the recalls add up to 1."""
    return 1 / k


def quadratic_kappa(y: Y, probabilities: P, counts: Counts) -> Found:
    """Agreement of the likeliest grade with the true one; the classes of the spec are in order."""
    called, k = probabilities.argmax(axis=1), probabilities.shape[1]
    return stats.quadratic_kappa(y, called, k), stats.quadratic_kappa_replicates(y, called, counts, k)


def brier(y: Y, probabilities: P, counts: Counts) -> Found:
    """Of the second of two classes; of more, the sum over classes."""
    said = probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities
    return stats.brier(y, said), stats.brier_replicates(y, said, counts)


def brier_chance(y: Y, k: int) -> float:
    """To say the frequencies every time."""
    share = np.bincount(y, minlength=k) / y.size
    spread = float(1 - (share**2).sum())
    return spread / 2 if k == 2 else spread


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


def _columns(y: Y, probabilities: P) -> tuple[Y, P]:
    """Labels and scores of the columns that are reported, one of two classes."""
    if y.ndim == 1 and probabilities.shape[1] == 2:
        return y[:, None], probabilities[:, 1:]
    return y, probabilities
