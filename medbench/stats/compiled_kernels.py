"""Loops that numba compiles: packing counts, the sweep of the ROC curve, sums of cells, the draw."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit, types
from numba.extending import intrinsic

__all__ = ["draw", "largest", "pack", "sum_cells", "sweep", "try_out"]

Array = np.ndarray[Any, Any]
WIDTH = 64


def _compile(function: Callable[..., Any]) -> Callable[..., Any]:
    """Compiled on first use; kept on disk where numba finds a folder that it can write to."""
    try:
        kept: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    except RuntimeError:
        kept = njit(nogil=True)(function)
    return kept


def _high_word(_context: Any, _a: Any, _b: Any) -> Any:
    """High 64 bits of the 128-bit product."""

    def code(_: Any, builder: Any, _signature: Any, args: Any) -> Any:
        from llvmlite import ir

        wide = ir.IntType(128)
        product = builder.mul(builder.zext(args[0], wide), builder.zext(args[1], wide))
        return builder.trunc(builder.lshr(product, ir.Constant(wide, 64)), ir.IntType(64))

    return types.uint64(types.uint64, types.uint64), code


high_word = intrinsic(_high_word)


def _largest(matrix: Array) -> int:
    """The largest count; the order of the loops lets it run over whole vectors."""
    most = 0
    for replicate in range(matrix.shape[0]):
        row = matrix[replicate]
        found = row[0]
        for u in range(row.shape[0]):
            found = max(found, row[u])
        most = max(most, found)
    return most


def _pack(matrix: Array, words: Array) -> None:
    """Lay WIDTH replicates side by side, eight of them in a word: uint64 (blocks, units, WIDTH / 8)."""
    replicates, units = matrix.shape
    for block in range(words.shape[0]):
        laid = words[block]
        for eight in range(WIDTH // 8):
            first = block * WIDTH + 8 * eight
            for lane in range(0, min(8, replicates - first), 4):
                # Beyond the last replicate the first of the four is read again, and masked out.
                last = replicates - first - lane
                r0 = matrix[first + lane]
                r1 = matrix[first + lane + (1 if last > 1 else 0)]
                r2 = matrix[first + lane + (2 if last > 2 else 0)]
                r3 = matrix[first + lane + (3 if last > 3 else 0)]
                mask = np.uint64(0xFFFFFFFF) if last > 3 else np.uint64((1 << (8 * last)) - 1)
                up = np.uint64(8 * lane)
                for u in range(units):
                    low = np.uint64(r0[u]) | (np.uint64(r1[u]) << np.uint64(8))
                    high = np.uint64(r2[u]) | (np.uint64(r3[u]) << np.uint64(8))
                    laid[u, eight] |= ((low | (high << np.uint64(16))) & mask) << up


def _sweep(words: Array, unit: Array, ends: Array, tied: Array, chunk: int, kind: Array, out: Array) -> None:
    """Twice the won pairs, the positives and the negatives of one column in WIDTH replicates.

    A step holds negatives, then positives: ``ends`` (2, steps). Bytes are added eight at a time in one
    word; ``chunk`` rows can be added before a byte could overflow. Positives of a step beat the negatives
    below it, and half of those in it where it is ``tied``, all of them where it is not.
    """
    won, positives, negatives = out[0], out[1], out[2]
    both = np.zeros_like(kind)
    held = np.zeros(8, np.uint64)
    lanes = held.view(np.uint8)
    won[:] = 0
    positives[:] = 0
    negatives[:] = 0
    i = 0
    for step in range(ends.shape[1]):
        for side in range(2):
            end = ends[side, step]
            if side == 0 and tied[step]:
                for b in range(WIDTH):
                    both[b] = negatives[b]
            while i < end:
                stop = min(i + chunk, end)
                t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = np.uint64(0)
                for j in range(i, stop):
                    row = words[unit[j]]
                    t0 += row[0]
                    t1 += row[1]
                    t2 += row[2]
                    t3 += row[3]
                    t4 += row[4]
                    t5 += row[5]
                    t6 += row[6]
                    t7 += row[7]
                held[0] = t0
                held[1] = t1
                held[2] = t2
                held[3] = t3
                held[4] = t4
                held[5] = t5
                held[6] = t6
                held[7] = t7
                i = stop
                if side == 0:
                    for b in range(WIDTH):
                        negatives[b] += lanes[b]
                else:
                    for b in range(WIDTH):
                        won[b] += lanes[b] * both[b]
                        positives[b] += lanes[b]
            if side == 0:
                if tied[step]:
                    for b in range(WIDTH):
                        both[b] += negatives[b]
                else:
                    for b in range(WIDTH):
                        both[b] = 2 * negatives[b]


def _sum_cells(words: Array, unit: Array, ends: Array, chunk: int, out: Array) -> None:
    """Sum of the counts of each cell's rows: int64 (cells, WIDTH); rows lie in the order of cells."""
    held = np.zeros(8, np.uint64)
    lanes = held.view(np.uint8)
    out[:] = 0
    i = 0
    for cell in range(ends.shape[0]):
        while i < ends[cell]:
            stop = min(i + chunk, ends[cell])
            t0 = t1 = t2 = t3 = t4 = t5 = t6 = t7 = np.uint64(0)
            for j in range(i, stop):
                row = words[unit[j]]
                t0 += row[0]
                t1 += row[1]
                t2 += row[2]
                t3 += row[3]
                t4 += row[4]
                t5 += row[5]
                t6 += row[6]
                t7 += row[7]
            held[0] = t0
            held[1] = t1
            held[2] = t2
            held[3] = t3
            held[4] = t4
            held[5] = t5
            held[6] = t6
            held[7] = t7
            i = stop
            for b in range(WIDTH):
                out[cell, b] += lanes[b]


def _draw(key0: int, key1: int, units: int, counts: Array) -> None:
    """Philox-4x64-10 (Salmon et al. 2011), one word giving two draws, counted straight away."""
    m0, m1 = np.uint64(0xD2E7470EE14C6C93), np.uint64(0xCA5A826395121157)
    w0, w1 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBB67AE8584CAA73B)
    low, half, size = np.uint64(0xFFFFFFFF), np.uint64(32), np.uint64(units)
    for replicate in range(counts.shape[0]):
        row = counts[replicate]
        row[:] = 0
        words = (units + 1) // 2
        for step in range((words + 3) // 4):
            c0, c1, c2, c3 = np.uint64(step + 1), np.uint64(0), np.uint64(0), np.uint64(replicate)
            k0, k1 = np.uint64(key0), np.uint64(key1)
            for _ in range(10):
                h0, l0 = high_word(m0, c0), m0 * c0
                h1, l1 = high_word(m1, c2), m1 * c2
                c0, c1, c2, c3 = h1 ^ c1 ^ k0, l1, h0 ^ c3 ^ k1, l0
                k0 += w0
                k1 += w1
            left = units - 8 * step
            if left >= 8:
                row[((c0 & low) * size) >> half] += 1
                row[((c0 >> half) * size) >> half] += 1
                row[((c1 & low) * size) >> half] += 1
                row[((c1 >> half) * size) >> half] += 1
                row[((c2 & low) * size) >> half] += 1
                row[((c2 >> half) * size) >> half] += 1
                row[((c3 & low) * size) >> half] += 1
                row[((c3 >> half) * size) >> half] += 1
            else:
                for place in range(left):
                    word = c0 if place < 2 else c1 if place < 4 else c2 if place < 6 else c3
                    part = (word & low) if place % 2 == 0 else (word >> half)
                    row[(part * size) >> half] += 1


def try_out() -> None:
    """Draw and sum one small case, so that what does not work is known before it matters."""
    counts = np.zeros((1, 3), np.uint16)
    draw(np.uint64(1), np.uint64(2), 3, counts)
    if int(counts.sum()) != 3:
        raise RuntimeError("the compiled draw is wrong")


largest = _compile(_largest)
pack = _compile(_pack)
sweep = _compile(_sweep)
sum_cells = _compile(_sum_cells)
draw = _compile(_draw)
