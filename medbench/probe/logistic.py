"""L2 logistic regression with scikit-learn's objective: sum of losses times C plus half the squared norm."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["LogisticProbe", "fit_logistic"]

SMALL = 4_000_000
"""Entries of X below which several BLAS threads do not pay."""

ABSENT_CLASS = -1e4
"""Intercept of a class without a training row: its probability is 0 and everything stays finite."""


@dataclass(frozen=True)
class LogisticProbe:
    """A fitted probe.

    Attributes:
        coef: float64 (k, width); k = 1 for a binary task, else the number of classes or labels.
        intercept: float64 (k,).
        n_iter: int (fits,), iterations of each fit.
        multilabel: rows of ``coef`` are independent binary regressions.
        one_against_rest: one binary regression a class; their sigmoids are normalised to sum 1.
    """

    coef: NDArray[np.float64]
    intercept: NDArray[np.float64]
    n_iter: NDArray[np.int64]
    multilabel: bool = False
    one_against_rest: bool = False

    def decision_function(self, X: ArrayLike) -> NDArray[np.float64]:
        """Linear scores float64 (n, k); (n,) for a binary task."""
        scores = np.asarray(X, dtype=np.float64) @ self.coef.T + self.intercept
        return scores[:, 0] if self._is_binary else scores

    def predict_proba(self, X: ArrayLike) -> NDArray[np.float64]:
        """Probabilities float64 (n, classes), rows summing to 1; (n, labels) for a multilabel task."""
        from scipy.special import expit, softmax

        scores = self.decision_function(X)
        if self.multilabel:
            return np.asarray(expit(scores), dtype=np.float64)
        if self._is_binary:
            positive = expit(scores)
            return np.stack([1 - positive, positive], axis=1)
        if self.one_against_rest:
            sigmoids = np.asarray(expit(scores), dtype=np.float64)
            total = sigmoids.sum(axis=1, keepdims=True)
            # where every classifier says no, none is preferred
            return np.where(total > 0, sigmoids / np.where(total > 0, total, 1), 1 / sigmoids.shape[1])
        return np.asarray(softmax(scores, axis=1), dtype=np.float64)

    @property
    def _is_binary(self) -> bool:
        return len(self.coef) == 1 and not self.multilabel


ClassWeight = Literal["balanced"] | None


@overload
def fit_logistic(
    X: ArrayLike, Y: ArrayLike, C: float = ..., class_weight: ClassWeight = ...,
    solver: Literal["reference"] = ...,
    tol: float = ..., max_iter: int = ..., n_classes: int | None = ...,
) -> LogisticProbe: ...  # fmt: skip
@overload
def fit_logistic(
    X: ArrayLike, Y: ArrayLike, C: Sequence[float], class_weight: ClassWeight = ...,
    solver: Literal["reference"] = ..., tol: float = ..., max_iter: int = ..., n_classes: int | None = ...,
) -> list[LogisticProbe]: ...  # fmt: skip
def fit_logistic(
    X: ArrayLike,
    Y: ArrayLike,
    C: float | Sequence[float] = 1.0,
    class_weight: ClassWeight = None,
    solver: Literal["reference"] = "reference",
    tol: float = 1e-4,
    max_iter: int = 1000,
    n_classes: int | None = None,
) -> LogisticProbe | list[LogisticProbe]:
    """Fit by scikit-learn's L-BFGS in float64.

    Args:
        X: float (n, width).
        Y: class indices int (n,): multinomial, or binary when there are two; 0 and 1 int (n, labels):
            one independent binary regression a label.
        C: inverse penalty; a sequence (or array) gives one probe each.
        n_classes: number of classes when a class may lack in ``Y``; the largest index + 1 otherwise.

    Raises:
        ValueError: ``solver`` is not ``reference``, or the shapes do not fit.

    >>> probe = fit_logistic([[0.0], [1.0], [2.0], [3.0]], [0, 0, 1, 1])
    >>> probe.predict_proba([[0.0]]).argmax()
    np.int64(0)
    """
    if solver != "reference":
        raise ValueError(f"unknown solver {solver!r}: this version has 'reference'")
    matrix, target = np.asarray(X, dtype=np.float64), np.asarray(Y)
    if matrix.ndim != 2 or len(matrix) != len(target):
        raise ValueError(f"X {matrix.shape} and Y {target.shape} do not fit")
    settings = {"class_weight": class_weight, "tol": tol, "max_iter": max_iter}
    with _few_threads(matrix):
        grid = [_fit(matrix, target, float(c), settings, n_classes) for c in np.atleast_1d(np.asarray(C))]
    return grid if np.ndim(C) else grid[0]


@contextmanager
def _few_threads(X: NDArray[np.float64]) -> Iterator[None]:
    """One BLAS thread for small problems.

    There a step takes less time than waking the threads; on a busy machine they wait for each other, and the
    same fit takes ten times as long.
    """
    from threadpoolctl import threadpool_limits

    if X.size > SMALL:
        yield
        return
    with threadpool_limits(limits=1, user_api="blas"):
        yield


def _fit(
    X: NDArray[np.float64],
    Y: NDArray[np.integer],
    C: float,
    settings: Mapping[str, Any],
    n_classes: int | None,
) -> LogisticProbe:
    if Y.ndim == 2:
        fits = [_fit_classes(X, column, C, settings, 2) for column in Y.T]
        return LogisticProbe(
            np.concatenate([fit.coef for fit in fits]),
            np.concatenate([fit.intercept for fit in fits]),
            np.concatenate([fit.n_iter for fit in fits]),
            multilabel=True,
        )
    return _fit_classes(X, Y, C, settings, n_classes or int(Y.max()) + 1)


def _fit_classes(
    X: NDArray[np.float64], y: NDArray[np.integer], C: float, settings: Mapping[str, Any], n_classes: int
) -> LogisticProbe:
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    rows = 1 if n_classes == 2 else n_classes
    coef, intercept = np.zeros((rows, X.shape[1])), np.full(rows, ABSENT_CLASS)
    present = np.unique(y)
    if len(present) == 1:
        sign = 1.0 if n_classes > 2 or present[0] == 1 else -1.0
        intercept[present[0] if n_classes > 2 else 0] = 0.0 if n_classes > 2 else -sign * ABSENT_CLASS
        return LogisticProbe(coef, intercept, np.zeros(1, dtype=np.int64))
    model = LogisticRegression(C=C, **settings)
    with warnings.catch_warnings():
        # a fit that stops at max_iter is seen in n_iter, which the record keeps
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(X, y)
    n_iter = np.asarray(model.n_iter_, dtype=np.int64)
    if n_classes == 2:
        return LogisticProbe(model.coef_, model.intercept_, n_iter)
    if len(present) == 2:
        # scikit-learn gives one row for two classes; softmax needs one a class
        coef[present] = np.stack([-model.coef_[0] / 2, model.coef_[0] / 2])
        intercept[present] = np.array([-model.intercept_[0] / 2, model.intercept_[0] / 2])
    else:
        coef[present], intercept[present] = model.coef_, model.intercept_
    return LogisticProbe(coef, intercept, n_iter)
