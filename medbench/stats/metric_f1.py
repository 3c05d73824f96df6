"""F1 score, of the data and of every bootstrap replicate, over the classes that the spec names."""

from __future__ import annotations

from typing import Literal, overload

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.confusion import confusion_replicates
from medbench.stats.shared_counts import SharedCounts

__all__ = ["Average", "f1", "f1_replicates"]

Average = Literal["macro", "weighted", "binary"]


@overload
def f1(y: ArrayLike, predicted: ArrayLike, average: Average = ..., n_classes: int | None = ...) -> float: ...
@overload
def f1(
    y: ArrayLike, predicted: ArrayLike, average: None, n_classes: int | None = ...
) -> NDArray[np.float64]: ...
def f1(
    y: ArrayLike, predicted: ArrayLike, average: Average | None = "macro", n_classes: int | None = None
) -> float | NDArray[np.float64]:
    """F1 of a class is 2 TP / (rows of the class + rows predicted as the class).

    Args:
        y: class numbers (n,), 0-based.
        predicted: class numbers (n,).
        average: ``macro`` the mean over classes, ``weighted`` the mean weighted by rows of the class,
            ``binary`` the F1 of class 1 of two, ``None`` every class.
        n_classes: number of classes of the spec; ``None`` takes the largest number seen, plus one.

    Returns:
        A float, or float64 (n_classes,) for ``average=None``. A class without a row in ``y`` is undefined:
        NaN for it and for both means. A class that is present and never predicted has F1 0.

    Raises:
        ValueError: shapes that do not fit, a number outside the classes, ``binary`` with other than two
            classes, or an unknown ``average``.

    Source: van Rijsbergen, "Information retrieval" (1979), chapter 7; macro as the mean of per-class F1
    (Opitz & Burst, arXiv:1911.03347).

    >>> f1([0, 0, 1, 1], [0, 1, 1, 1], average=None).round(3).tolist()
    [0.667, 0.8]
    >>> round(f1([0, 0, 1, 1], [0, 1, 1, 1]), 3)
    0.733
    """
    ones = np.ones((1, np.size(y)), np.uint16)
    value = f1_replicates(y, predicted, ones, average=average, n_classes=n_classes)[0]
    return value if average is None else float(value)


def f1_replicates(
    y: ArrayLike,
    predicted: ArrayLike,
    counts: ArrayLike | SharedCounts,
    average: Average | None = "macro",
    n_classes: int | None = None,
) -> NDArray[np.float64]:
    """``f1`` of every replicate, equal to weighting row i by ``counts[r, i]``.

    Args:
        y: as in ``f1``.
        predicted: as in ``f1``.
        counts: integers (replicates, n) from ``draw_counts``, or what ``share_counts`` makes of them.
        average: as in ``f1``.
        n_classes: as in ``f1``.

    Returns:
        float64 (replicates,), or (replicates, n_classes) for ``average=None``. A class that a replicate
        lacks is NaN there, and so are the means.

    Raises:
        ValueError: as ``f1``, or counts of another shape or dtype.

    >>> counts = [[1, 1, 1], [1, 2, 0], [3, 0, 0]]
    >>> f1_replicates([0, 1, 1], [0, 1, 0], counts, average="binary").round(3).tolist()
    [0.667, 1.0, nan]
    """
    if average not in ("macro", "weighted", "binary", None):
        raise ValueError(f"average must be macro, weighted, binary or None, not {average!r}")
    table = confusion_replicates(y, predicted, counts, n_classes)
    if average == "binary" and (k := table.shape[1]) != 2:
        raise ValueError(f"binary F1 needs two classes, not {k}")
    hits, support, called = np.einsum("rkk->rk", table), table.sum(axis=2), table.sum(axis=1)
    per_class: NDArray[np.float64] = np.divide(
        2 * hits, support + called, out=np.full(hits.shape, np.nan), where=support > 0
    )
    return per_class if average is None else _average(per_class, support, average)


def _average(
    per_class: NDArray[np.float64], support: NDArray[np.float64], average: Average
) -> NDArray[np.float64]:
    """One value a replicate; NaN where a class that it needs is NaN."""
    value: NDArray[np.float64]
    if average == "binary":
        value = per_class[:, 1]
    elif average == "macro":
        value = per_class.mean(axis=1)
    else:
        value = (per_class * support).sum(axis=1) / support.sum(axis=1)
    return value
