"""Confusion counts of all replicates, shared by every metric that needs nothing else."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.compiled import kernels
from medbench.stats.shared_counts import WIDTH, SharedCounts, shared_counts

__all__ = ["class_numbers", "confusion_replicates"]


def confusion_replicates(
    y: ArrayLike, predicted: ArrayLike, counts: ArrayLike | SharedCounts, n_classes: int | None = None
) -> NDArray[np.float64]:
    """How often each class was called each class, in every replicate.

    Args:
        y: class numbers (n,), 0-based.
        predicted: class numbers (n,).
        counts: integers (replicates, n) from ``draw_counts``, or what ``share_counts`` makes of them.
        n_classes: number of classes of the spec; ``None`` takes the largest number seen, plus one.

    Returns:
        float64 (replicates, k, k), whole numbers; the second axis is the true class.

    Raises:
        ValueError: shapes that do not fit, or a number outside the classes.

    >>> confusion_replicates([0, 1, 1], [0, 1, 0], [[1, 2, 3]]).tolist()
    [[[1.0, 0.0], [3.0, 2.0]]]
    """
    truth, guess, k = class_numbers(y, predicted, n_classes)
    drawn = shared_counts(counts, truth.size)
    cells = truth * k + guess
    order = np.argsort(cells, kind="stable")
    ends = np.cumsum(np.bincount(cells, minlength=k * k))
    unit, compiled = drawn.units(order), kernels()
    if compiled is None or drawn.packed is None:
        return _by_numpy(unit, ends, drawn).reshape(-1, k, k)
    chunk, sums = 255 // max(1, drawn.largest), np.empty((len(drawn.packed), k * k, WIDTH), np.int64)
    for words, found in zip(drawn.packed.view(np.uint64), sums, strict=True):
        compiled.sum_cells(words, unit, ends, chunk, found)
    flat = sums.transpose(0, 2, 1).reshape(-1, k, k)[: drawn.replicates]
    return flat.astype(np.float64)


def class_numbers(
    y: ArrayLike, predicted: ArrayLike, n_classes: int | None
) -> tuple[NDArray[np.intp], NDArray[np.intp], int]:
    """Both as one-dimensional class numbers, and how many classes there are.

    Raises:
        ValueError: shapes that do not fit, or a number outside the classes.
    """
    truth, guess = np.asarray(y), np.asarray(predicted)
    if truth.ndim != 1 or truth.shape != guess.shape or truth.size == 0:
        raise ValueError(f"y {truth.shape} and predicted {guess.shape} must be (n,) with n > 0")
    if truth.dtype.kind not in "biu" or guess.dtype.kind not in "biu":
        raise ValueError("y and predicted must hold class numbers")
    low, high = int(min(truth.min(), guess.min())), int(max(truth.max(), guess.max()))
    k = max(2, high + 1) if n_classes is None else n_classes
    if low < 0 or high >= k:
        raise ValueError(f"class numbers must lie in 0..{k - 1}, found {low}..{high}")
    return truth.astype(np.intp), guess.astype(np.intp), k


def _by_numpy(unit: NDArray[np.intp], ends: NDArray[np.intp], drawn: SharedCounts) -> NDArray[np.float64]:
    """Sums of cells (replicates, cells); whole numbers below 2**53 are exact in float64."""
    from scipy.sparse import csr_matrix

    edges = np.concatenate([[0], ends])
    gather = csr_matrix((np.ones(unit.size), unit, edges), shape=(ends.size, drawn.matrix.shape[1]))
    sums = np.empty((drawn.replicates, ends.size))
    for rows, columns in drawn.blocks():
        sums[rows] = (gather @ columns.astype(np.float64)).T
    return sums
