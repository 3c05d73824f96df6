"""Nested, stratified, grouped subsets of the training rows."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

__all__ = ["nested_subsets"]


def nested_subsets(
    Y: NDArray[np.integer], groups: NDArray[np.integer], fractions: Sequence[float], draw: int, key: str
) -> list[NDArray[np.int64]]:
    """Row indices of one subset a fraction; each smaller one is inside each larger one.

    Whole groups are taken. A group belongs to its rarest class, and of each such stratum the same share of
    groups is taken, rounded up, so that no class is lost.

    Args:
        Y: class indices int (n,), or 0 and 1 int (n, labels).
        groups: running group numbers int (n,).
        fractions: shares in (0, 1].
        draw: number of the draw; each has an order of groups of its own.
        key: the resample key of the cohort, so that two models see the same subsets.
    """
    names, where = np.unique(groups, return_inverse=True)
    strata = _strata(Y, where, len(names))
    # by digest: numpy may change how it permutes, and one key must give one subset everywhere
    order = sorted(range(len(names)), key=lambda i: _digest(f"medbench.subset/1 {key} {draw} {names[i]}"))
    place = np.empty(len(names), dtype=np.int64)
    sizes = np.empty(len(names), dtype=np.int64)
    for stratum in np.unique(strata):
        members = [i for i in order if strata[i] == stratum]
        place[members] = np.arange(len(members))
        sizes[members] = len(members)
    return [
        np.flatnonzero((place < np.array([_share(fraction, int(n)) for n in sizes]))[where])
        for fraction in fractions
    ]


def _strata(Y: NDArray[np.integer], where: NDArray[np.integer], n_groups: int) -> NDArray[np.int64]:
    """The rarest class of each group; one past the last for a group without any label."""
    onehot = Y > 0 if Y.ndim == 2 else Y[:, None] == np.arange(int(Y.max()) + 1)
    held = np.zeros((n_groups, onehot.shape[1]), dtype=bool)
    np.logical_or.at(held, where, onehot)
    rarity = np.argsort(np.argsort(held.sum(axis=0), kind="stable"), kind="stable")
    return np.asarray(np.where(held, rarity, onehot.shape[1]).min(axis=1), dtype=np.int64)


def _share(fraction: float, n: int) -> int:
    return math.ceil(Fraction(str(fraction)) * n)


def _digest(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
