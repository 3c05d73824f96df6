"""The published probe: one linear layer trained by Adam (``eval_torch_ex.py`` of Han et al.'s repository)."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medbench.probe.logistic import LogisticProbe
from medbench.probe.rows import TrainRows
from medbench.spec import AdamProbe

__all__ = ["fit_adam"]

BETA1, BETA2, EPSILON = 0.9, 0.999, 1e-8
"""PyTorch's defaults, which the published scripts do not change."""


@dataclass
class _Moments:
    """Adam's running mean and square of one parameter's gradient."""

    mean: NDArray[np.float64]
    square: NDArray[np.float64]

    def step(self, gradient: NDArray[np.float64], t: int) -> NDArray[np.float64]:
        self.mean = BETA1 * self.mean + (1 - BETA1) * gradient
        self.square = BETA2 * self.square + (1 - BETA2) * gradient**2
        corrected = np.sqrt(self.square / (1 - BETA2**t)) + EPSILON
        step: NDArray[np.float64] = self.mean / (1 - BETA1**t) / corrected
        return step


def fit_adam(train: TrainRows, settings: AdamProbe, seed: int | None = None) -> LogisticProbe:
    """Fit on standardised or raw activations as they are given.

    Softmax with cross-entropy for classes, also for two; sigmoids with binary cross-entropy, mean over
    labels, for several labels. Initial weights are uniform in ±1/sqrt(width), as of PyTorch's Linear; they
    and the order of the rows come from NumPy's Philox generator with the seed. Weight decay is added to the
    gradient. Everything is computed in float64.

    Args:
        seed: another seed than the settings'.
    """
    X = np.asarray(train.X, dtype=np.float64)
    multilabel = train.Y.ndim == 2
    target = train.Y.astype(np.float64) if multilabel else np.eye(train.n_classes)[train.Y]
    rng = np.random.Generator(np.random.Philox(settings.seed if seed is None else seed))
    bound = 1 / math.sqrt(X.shape[1])
    weight = rng.uniform(-bound, bound, (train.n_classes, X.shape[1]))
    bias = rng.uniform(-bound, bound, train.n_classes)
    order = [rng.permutation(len(X)) for _ in range(settings.epochs)]
    weight, bias, steps = run_adam(X, target, weight, bias, order, settings, multilabel)
    n_iter = np.array([steps], dtype=np.int64)
    if train.n_classes == 2 and not multilabel:
        # softmax of two is the sigmoid of their difference
        return LogisticProbe(weight[1:] - weight[:1], bias[1:] - bias[:1], n_iter)
    return LogisticProbe(weight, bias, n_iter, multilabel)


def run_adam(
    X: NDArray[np.float64],
    target: NDArray[np.float64],
    weight: NDArray[np.float64],
    bias: NDArray[np.float64],
    order: list[NDArray[np.int64]],
    settings: AdamProbe,
    multilabel: bool,
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Adam from given weights over given orders of the rows, one an epoch.

    Args:
        X: (n, width); ``target``: 0 and 1 (n, k).
        weight: (k, width); ``bias``: (k,).

    Returns:
        Weight, bias, and the number of steps.
    """
    of_weight = _Moments(np.zeros_like(weight), np.zeros_like(weight))
    of_bias = _Moments(np.zeros_like(bias), np.zeros_like(bias))
    t = 0
    for rows in order:
        for start in range(0, len(rows), settings.batch_size):
            batch = rows[start : start + settings.batch_size]
            t += 1
            residual = _residual(X[batch] @ weight.T + bias, target[batch], multilabel)
            gradient = residual.T @ X[batch] + settings.weight_decay * weight
            weight = weight - settings.learning_rate * of_weight.step(gradient, t)
            pull = residual.sum(axis=0) + settings.weight_decay * bias
            bias = bias - settings.learning_rate * of_bias.step(pull, t)
    return weight, bias, t


def _residual(
    scores: NDArray[np.float64], target: NDArray[np.float64], multilabel: bool
) -> NDArray[np.float64]:
    """Gradient of the mean loss by the scores."""
    from scipy.special import expit, softmax

    probability = expit(scores) if multilabel else softmax(scores, axis=1)
    mean_over = scores.size if multilabel else len(scores)
    return np.asarray((probability - target) / mean_over, dtype=np.float64)
