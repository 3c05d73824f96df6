"""Bootstrap draws as counts: how often each row stands in each replicate."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.compiled import kernels

__all__ = ["draw_counts", "draw_group_counts"]

_STREAM = "medbench.draw_counts/1"


def draw_counts(groups: ArrayLike, replicates: int, key: str, seed: int) -> NDArray[np.uint16]:
    """Cluster bootstrap: each replicate draws G of the G groups with replacement, whole groups at a time.

    Replicate r is read from a Philox-4x64 stream whose key is SHA-256 of ``key`` and ``seed`` and whose
    counter starts at r. It depends on nothing else: not on ``replicates``, the machine, the process or the
    version of numpy (raw words are used, whose stream numpy promises to keep). Groups are told apart by
    their sorted numbers, so reordering rows reorders columns and changes no draw.

    Args:
        groups: int (n,), the group number of each row; ``arange(n)`` resamples single rows.
        replicates: number of replicates, at least 1.
        key: resample key of the task; records with the same key and seed pair up.
        seed: resampling seed of the spec.

    Returns:
        uint16 (replicates, n): all rows of a group hold the same count; the counts over groups sum to G.

    Raises:
        ValueError: ``groups`` is empty, not one-dimensional or not of integers, or ``replicates`` < 1.

    Source: Salmon et al., "Parallel random numbers: as easy as 1, 2, 3" (2011); Davison & Hinkley,
    "Bootstrap methods and their application" (1997), section 3.8 for resampling whole clusters.

    >>> counts = draw_counts([0, 0, 1, 2], replicates=3, key="T1", seed=20231221)
    >>> counts.shape, counts.dtype, bool((counts[:, 0] == counts[:, 1]).all())
    ((3, 4), dtype('uint16'), True)
    >>> counts[:, 1:].sum(axis=1).tolist()
    [3, 3, 3]
    """
    counts, member = _drawn(groups, replicates, key, seed)
    alone = member.size == counts.shape[1] and np.array_equal(member, np.arange(member.size))
    return counts if alone else counts[:, member]


def draw_group_counts(groups: ArrayLike, replicates: int, key: str, seed: int) -> NDArray[np.uint16]:
    """The draws of ``draw_counts``, one column a group; ``share_counts`` puts rows and groups together.

    Args:
        groups: as in ``draw_counts``.
        replicates: as there.
        key: as there.
        seed: as there.

    Returns:
        uint16 (replicates, G), the groups in the order of their sorted numbers.

    Raises:
        ValueError: as ``draw_counts``.

    >>> draw_group_counts([5, 5, 2, 9], replicates=2, key="T1", seed=20231221).shape
    (2, 3)
    """
    return _drawn(groups, replicates, key, seed)[0]


def _drawn(
    groups: ArrayLike, replicates: int, key: str, seed: int
) -> tuple[NDArray[np.uint16], NDArray[np.intp]]:
    """Counts of groups (replicates, G), and which group each row is in."""
    numbers = np.asarray(groups)
    if numbers.ndim != 1 or numbers.size == 0 or numbers.dtype.kind not in "iu":
        raise ValueError("groups must be a non-empty one-dimensional array of integers")
    if replicates < 1:
        raise ValueError(f"replicates must be at least 1, not {replicates}")
    distinct, member = np.unique(numbers, return_inverse=True)
    stream_key, compiled = _stream_key(key, seed), kernels()
    counts = np.empty((replicates, distinct.size), np.uint16)
    if compiled is not None:
        low, high = (np.uint64(word) for word in (stream_key % 2**64, stream_key // 2**64))
        compiled.draw(low, high, distinct.size, counts)
        return counts, member
    for replicate in range(replicates):
        drawn = _draw_groups(stream_key, replicate, distinct.size)
        counts[replicate] = np.bincount(drawn, minlength=distinct.size)
    return counts, member


def _stream_key(key: str, seed: int) -> int:
    """128 bits that only the key and the seed decide."""
    digest = hashlib.sha256("\0".join((_STREAM, key, str(int(seed)))).encode()).digest()
    return int.from_bytes(digest[:16], "little")


def _draw_groups(stream_key: int, replicate: int, n_groups: int) -> NDArray[np.int64]:
    """``n_groups`` uniform draws from ``range(n_groups)``.

    Each 64-bit word gives two draws by multiply and shift (Lemire 2019) without rejection: every draw uses
    a fixed place of the stream, at a bias below n_groups / 2**32.
    """
    # The replicate stands in the counter's highest word: no two streams can meet within 2**192 steps.
    philox = np.random.Philox(key=stream_key, counter=replicate << 192)
    words = philox.random_raw((n_groups + 1) // 2)
    halves = words.astype("<u8").view("<u4")[:n_groups].astype(np.uint64)
    drawn: NDArray[np.int64] = (halves * np.uint64(n_groups) >> np.uint64(32)).astype(np.int64)
    return drawn
