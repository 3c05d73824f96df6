"""Which rows are positive for each column of scores, and for which this is known."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["positives"]


def positives(
    y: NDArray[np.generic], scores: NDArray[np.float64]
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Positive and known, both bool of the shape of ``scores``.

    Args:
        y: 0/1 of the shape of ``scores``, -1 or NaN in a 2-d one where it is not known; or class numbers
            (n,) with scores (n, k).
        scores: float64 (n,) or (n, k).

    Raises:
        ValueError: shapes that do not fit, labels other than these, NaN among the scores.

    >>> positives(np.array([[1, -1]]), np.array([[0.2, 0.3]]))[1].tolist()
    [[True, False]]
    """
    if np.isnan(scores).any():
        raise ValueError("scores must not be NaN")
    if y.ndim == 0 or y.shape[:1] != scores.shape[:1] or y.ndim > scores.ndim:
        raise ValueError(f"y {y.shape} and scores {scores.shape} do not fit")
    if y.ndim < scores.ndim:
        classes = np.arange(scores.shape[1])
        if not np.isin(y, classes).all():
            raise ValueError(f"y must hold class numbers below {classes.size}")
        return y[:, None] == classes, np.ones(scores.shape, np.bool_)
    if y.shape != scores.shape:
        raise ValueError(f"y {y.shape} and scores {scores.shape} do not fit")
    positive = np.equal(y, 1)
    known = positive | np.equal(y, 0)
    missing = (y == -1) | (np.isnan(y.astype(np.float64)) if y.dtype.kind == "f" else False)
    if not (known if y.ndim == 1 else known | missing).all():
        raise ValueError("y must hold 0 and 1")
    return positive, known
