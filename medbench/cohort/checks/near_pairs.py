"""All pairs of 64-bit hashes that differ in few bits, exactly.

By the pigeonhole principle (Manku, Jain and Das Sarma 2007): of ``distance + 1`` bands of bits, two hashes
that differ in at most ``distance`` bits agree in one. Only hashes that agree in a band are compared.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["near_pairs"]

Hashes = npt.NDArray[np.uint64]
Pairs = npt.NDArray[np.int64]
BITS = 64
CELLS = 1 << 17
"""Comparisons at once: they stay in the processor's cache."""


def near_pairs(hashes: Hashes, distance: int, most: int | None = None) -> Pairs:
    """Pairs of indices whose hashes differ in at most ``distance`` bits: (pairs, 2) int64, in order.

    Args:
        hashes: uint64 (n,). Give each once: equal hashes are pairs too, and n of them are n²/2.
        distance: 0 to 63.
        most: search no further once there are so many; ``None`` finds all.

    Raises:
        ValueError: ``distance`` is out of range.
    """
    if not 0 <= distance < BITS:
        raise ValueError(f"distance {distance} is not 0 to {BITS - 1}")
    bands = _bands(distance)
    if sum(_candidates(hashes, band) for band in bands) > len(hashes) ** 2 // 2:
        # hashes so much alike that bands save nothing: one empty band, in which all agree
        bands = [np.uint64(0)]
    found = [np.empty((0, 2), dtype=np.int64)]
    total = 0
    for pairs in (p for at in range(len(bands)) for p in _in_band(hashes, bands[: at + 1], distance)):
        found.append(pairs)
        total += len(pairs)
        if most is not None and total >= most:
            break
    pairs = np.sort(np.concatenate(found), axis=1)
    return pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))][:most]


def _bands(distance: int) -> list[np.uint64]:
    edges = [BITS * k // (distance + 1) for k in range(distance + 2)]
    return [np.uint64((1 << high) - (1 << low)) for low, high in pairwise(edges)]


def _candidates(hashes: Hashes, band: np.uint64) -> int:
    _, sizes = np.unique(hashes & band, return_counts=True)
    return int((sizes * (sizes - 1) // 2).sum())


def _in_band(hashes: Hashes, bands: Sequence[np.uint64], distance: int) -> Iterator[Pairs]:
    """Pairs that agree in the last of ``bands`` and in none before it, so that each is found once."""
    keys = hashes & bands[-1]
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order])) + 1
    for members in np.split(order, edges):
        if len(members) > 1:
            yield from _in_bucket(hashes, members, bands[:-1], distance)


def _in_bucket(hashes: Hashes, members: Pairs, before: Sequence[np.uint64], distance: int) -> Iterator[Pairs]:
    values = hashes[members]
    start = 0
    while start < len(members) - 1:
        rest = values[start:]
        step = max(1, CELLS // len(rest))
        differing = rest[:step, None] ^ rest[None, :]
        first, second = np.nonzero(_count_bits(differing) <= distance)
        kept = second > first
        for band in before:
            kept &= (differing[first, second] & band) != 0
        if kept.any():
            yield np.stack([members[start + first[kept]], members[start + second[kept]]], axis=1)
        start += step


def _count_bits_in_steps(values: Hashes) -> npt.NDArray[Any]:
    """Set bits of each value, for numpy before 2.0 (Warren, Hacker's Delight, figure 5-2)."""
    one, three, fifteen = map(np.uint64, (0x5555555555555555, 0x3333333333333333, 0x0F0F0F0F0F0F0F0F))
    values = values - ((values >> np.uint64(1)) & one)
    values = (values & three) + ((values >> np.uint64(2)) & three)
    values = (values + (values >> np.uint64(4))) & fifteen
    return (values * np.uint64(0x0101010101010101)) >> np.uint64(56)


_count_bits = getattr(np, "bitwise_count", _count_bits_in_steps)
