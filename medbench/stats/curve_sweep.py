"""The sweep along the ROC curve: areas of all replicates from one sorted column."""

from __future__ import annotations

from types import ModuleType

import numpy as np
from numpy.typing import NDArray

from medbench.stats.compiled import kernels
from medbench.stats.shared_counts import WIDTH, SharedCounts
from medbench.stats.sorted_steps import SortedSteps, sorted_steps

__all__ = ["sweep_curve"]

# Twice the won pairs are at most rows**2 / 2: below this many rows they fit 32 bits.
_NARROW = 2**16


def sweep_curve(
    positive: NDArray[np.bool_],
    scores: NDArray[np.float64],
    rows: NDArray[np.intp],
    counts: SharedCounts,
) -> NDArray[np.float64]:
    """Areas float64 (replicates,) of one binary problem; NaN without a positive or without a negative.

    Args:
        positive: bool (m,).
        scores: float64 (m,).
        rows: intp (m,), which row of ``counts`` each of them is.
        counts: the draws.

    Source: Hanley & McNeil, Radiology 143 (1982) 29-36, with a row standing as often as it was drawn.
    """
    steps = sorted_steps(positive, scores)
    unit = counts.units(rows[steps.order])
    compiled = kernels()
    if compiled is not None and counts.packed is not None:
        sums = _compiled_sums(compiled, steps, unit, counts)
    else:
        sums = _numpy_sums(steps, unit, counts)
    won, upper, lower = sums
    pairs = 2 * upper * lower
    areas: NDArray[np.float64] = np.divide(won, pairs, out=np.full(won.size, np.nan), where=pairs > 0)
    return areas


def _compiled_sums(
    compiled: ModuleType, steps: SortedSteps, unit: NDArray[np.intp], counts: SharedCounts
) -> NDArray[np.float64]:
    """Twice the won pairs, positives and negatives: (3, replicates)."""
    packed = counts.packed
    assert packed is not None
    kind = np.int32 if counts.total < _NARROW else np.int64
    words, lanes = packed.view(np.uint64), np.empty((packed.shape[0], 3, WIDTH), kind)
    chunk, spare = 255 // max(1, counts.largest), np.empty(WIDTH, kind)
    for block in range(packed.shape[0]):
        compiled.sweep(words[block], unit, steps.ends, steps.tied, chunk, spare, lanes[block])
    sums = lanes.transpose(1, 0, 2).reshape(3, -1)[:, : counts.replicates]
    return sums.astype(np.float64)


def _numpy_sums(steps: SortedSteps, unit: NDArray[np.intp], counts: SharedCounts) -> NDArray[np.float64]:
    """The same; integers below 2**53 are exact in float64."""
    from scipy.sparse import csr_matrix

    n_steps = steps.tied.size
    # Row 2s of this matrix adds up the negatives of step s, row 2s + 1 its positives.
    edges = np.concatenate([[0], steps.ends.T.ravel()])
    gather = csr_matrix((np.ones(unit.size), unit, edges), shape=(2 * n_steps, counts.matrix.shape[1]))
    sums = np.empty((3, counts.replicates))
    for rows, columns in counts.blocks():
        parts = (gather @ columns.astype(np.float64)).reshape(n_steps, 2, -1)
        lower, upper = parts[:, 0], parts[:, 1]
        level = np.cumsum(lower, axis=0)
        both = 2 * level - np.where(steps.tied[:, None], lower, 0)
        sums[0, rows] = np.einsum("sr,sr->r", upper, both)
        sums[1, rows], sums[2, rows] = upper.sum(axis=0), lower.sum(axis=0)
    return sums
