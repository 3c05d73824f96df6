"""Choosing C by grouped validation inside train; no test row can be passed in."""

from __future__ import annotations

import warnings
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.errors import RunError
from medbench.probe.adam import fit_adam
from medbench.probe.logistic import LogisticProbe, fit_logistic
from medbench.probe.rows import TrainRows
from medbench.probe.sgd import fit_sgd
from medbench.probe.standardise import Standardiser, fit_standardiser
from medbench.spec import AdamProbe, LbfgsProbe, ProbeSettings

__all__ = ["FittedProbe", "Selection", "ValidationLoss", "fit_probe", "log_loss", "select_C", "validate"]


@dataclass(frozen=True)
class Selection:
    """How C was chosen.

    Attributes:
        C: the grid, in rising order.
        mean_log_loss: validation log-loss of each C, mean over folds.
        standard_error: of that mean, over folds.
        chosen: index into ``C``.
        folds: number of folds.
    """

    C: tuple[float, ...]
    mean_log_loss: tuple[float, ...]
    standard_error: tuple[float, ...]
    chosen: int
    folds: int

    @property
    def at_edge(self) -> bool:
        """The choice is at an end of the grid, so a better C may lie outside."""
        return len(self.C) > 1 and self.chosen in (0, len(self.C) - 1)


@dataclass(frozen=True)
class ValidationLoss:
    """Mean log-loss in nats over the folds, and its standard error."""

    mean: float
    standard_error: float


@dataclass(frozen=True)
class FittedProbe:
    """Standardiser, probe and the selection behind it, where anything was selected."""

    standardiser: Standardiser
    probe: LogisticProbe
    selection: Selection | None

    def predict_proba(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Probabilities float64 (n, classes or labels)."""
        return self.probe.predict_proba(self.standardiser.apply(X))


def fit_probe(train: TrainRows, settings: ProbeSettings, seed: int | None = None) -> FittedProbe:
    """Select C inside train where the probe has one, then fit on all of train.

    Args:
        seed: another seed for the probes that draw numbers.
    """
    if isinstance(settings, LbfgsProbe):
        selection = select_C(train, settings)
        standardiser, probe = _fit(train, settings, [settings.C[selection.chosen]])
        return FittedProbe(standardiser, probe[0], selection)
    standardiser = fit_standardiser(train.X, settings.standardise)
    rows = replace(train, X=standardiser.apply(train.X))
    if isinstance(settings, AdamProbe):
        return FittedProbe(standardiser, fit_adam(rows, settings, seed), None)
    return FittedProbe(standardiser, fit_sgd(rows, settings, seed), None)


def select_C(train: TrainRows, settings: LbfgsProbe) -> Selection:
    """The smallest C whose mean validation log-loss is within one standard error of the best.

    Folds are stratified and never cut a group (scikit-learn's ``StratifiedGroupKFold``); standardisation is
    fitted inside each fold's train part. One C serves all classes or labels.

    Raises:
        RunError: too few rows or groups to validate on (MB805).
    """
    folds = _folds(train, settings.folds)
    losses = np.array([_fold_losses(train, settings, fit, check) for fit, check in folds])
    mean = losses.mean(axis=0)
    error = losses.std(axis=0, ddof=1) / np.sqrt(len(folds)) if len(folds) > 1 else np.zeros_like(mean)
    best = int(np.argmin(mean))
    chosen = int(np.flatnonzero(mean <= mean[best] + error[best])[0])
    return Selection(settings.C, tuple(map(float, mean)), tuple(map(float, error)), chosen, len(folds))


def validate(train: TrainRows, settings: LbfgsProbe) -> ValidationLoss:
    """Grouped validation inside train at the C that ``select_C`` would take.

    Raises:
        RunError: too few rows or groups to validate on (MB805).
    """
    selection = select_C(train, settings)
    at = selection.chosen
    return ValidationLoss(selection.mean_log_loss[at], selection.standard_error[at])


def _folds(train: TrainRows, folds: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
    from sklearn.model_selection import StratifiedGroupKFold

    strata = _strata(train)
    n = min(folds, len(np.unique(train.groups)), int(np.unique(strata, return_counts=True)[1].max()))
    if n < 2:
        hint = "two groups and two rows of a class are the least; a larger --limit gives more"
        raise RunError("MB805", f"{len(strata)} train rows are too few to choose C on", hint=hint)
    with warnings.catch_warnings():
        # a class rarer than the folds is reported by its own n in the record
        warnings.simplefilter("ignore", UserWarning)
        split = StratifiedGroupKFold(n_splits=n).split(np.zeros(len(strata)), strata, train.groups)
        return [(fit, check) for fit, check in split if len(check)]


def _strata(train: TrainRows) -> NDArray[np.integer]:
    if train.Y.ndim == 1:
        return train.Y
    # a row of several labels is placed by its rarest, which is the one a fold is most likely to lack
    rarity = np.argsort(np.argsort(train.Y.sum(axis=0), kind="stable"))
    ranked = np.where(train.Y > 0, rarity, train.n_classes)
    return np.asarray(ranked.min(axis=1))


def _fold_losses(
    train: TrainRows, settings: LbfgsProbe, fit: NDArray[np.int64], check: NDArray[np.int64]
) -> list[float]:
    standardiser, probes = _fit(train.take(fit), settings, list(settings.C))
    held_out = train.take(check)
    X = standardiser.apply(held_out.X)
    return [log_loss(held_out.Y, probe.predict_proba(X)) for probe in probes]


def _fit(
    train: TrainRows, settings: LbfgsProbe, grid: list[float]
) -> tuple[Standardiser, list[LogisticProbe]]:
    standardiser = fit_standardiser(train.X, settings.standardise)
    options: dict[str, Any] = {
        "class_weight": settings.class_weight,
        "tol": settings.tol,
        "max_iter": settings.max_iter,
        "n_classes": train.n_classes,
    }
    return standardiser, fit_logistic(standardiser.apply(train.X), train.Y, C=grid, **options)


def log_loss(Y: NDArray[np.integer], probabilities: NDArray[np.float64]) -> float:
    """Mean negative log-likelihood in nats; over rows, and over labels for a multilabel task."""
    clipped = np.clip(probabilities, 1e-15, 1.0)
    if Y.ndim == 1:
        return float(-np.log(clipped[np.arange(len(Y)), Y]).mean())
    absent = np.clip(1 - probabilities, 1e-15, 1.0)
    return float(-np.where(Y > 0, np.log(clipped), np.log(absent)).mean())
