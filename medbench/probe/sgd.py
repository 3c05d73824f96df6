"""The published probe of CLIP: scikit-learn's ``SGDClassifier`` with log loss (``clip_ex.py``)."""

from __future__ import annotations

import warnings

import numpy as np
from numpy.typing import NDArray

from medbench.probe.logistic import ABSENT_CLASS, LogisticProbe
from medbench.probe.rows import TrainRows
from medbench.spec import SgdProbe

__all__ = ["fit_sgd"]


def fit_sgd(train: TrainRows, settings: SgdProbe, seed: int | None = None) -> LogisticProbe:
    """Fit one classifier a class against the rest, or one a label; scores are sigmoids normalised to sum 1.

    Args:
        seed: another seed than the settings'.
    """
    X = np.asarray(train.X, dtype=np.float64)
    if train.Y.ndim == 2:
        fits = [_fit(X, column, 2, settings, seed) for column in train.Y.T]
        coef, intercept = np.concatenate([f[0] for f in fits]), np.concatenate([f[1] for f in fits])
        return LogisticProbe(coef, intercept, np.array([f[2] for f in fits], dtype=np.int64), multilabel=True)
    coef, intercept, n_iter = _fit(X, train.Y, train.n_classes, settings, seed)
    steps = np.array([n_iter], dtype=np.int64)
    return LogisticProbe(coef, intercept, steps, one_against_rest=train.n_classes > 2)


def _fit(
    X: NDArray[np.float64], y: NDArray[np.integer], n_classes: int, settings: SgdProbe, seed: int | None
) -> tuple[NDArray[np.float64], NDArray[np.float64], int]:
    """Coefficients (rows, width), intercepts (rows,), passes; one row for two classes, else one a class."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import SGDClassifier

    rows = 1 if n_classes == 2 else n_classes
    coef, intercept = np.zeros((rows, X.shape[1])), np.full(rows, ABSENT_CLASS)
    present = np.unique(y)
    if len(present) == 1:
        intercept[0 if n_classes == 2 else present[0]] = (
            -ABSENT_CLASS if present[0] or n_classes > 2 else ABSENT_CLASS
        )
        return coef, intercept, 0
    model = SGDClassifier(
        loss="log_loss",
        alpha=settings.alpha,
        max_iter=settings.max_iter,
        tol=settings.tol,
        class_weight=settings.class_weight,
        random_state=settings.seed if seed is None else seed,
    )
    with warnings.catch_warnings():
        # a fit that stops at max_iter is seen in n_iter, which the record keeps
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    if n_classes == 2:
        return model.coef_, model.intercept_, int(model.n_iter_)
    # of two classes scikit-learn gives one row, for the second
    both = len(present) == 2
    coef[present] = np.concatenate([-model.coef_, model.coef_]) if both else model.coef_
    intercept[present] = np.concatenate([-model.intercept_, model.intercept_]) if both else model.intercept_
    return coef, intercept, int(model.n_iter_)
