"""Time of the near-duplicate search over 100,000 perceptual hashes, against comparing all of them.

    .venv/bin/python perf/near_duplicates.py [--number 100000] [--distance 4]

Three kinds of hashes: drawn at random, with near copies planted; of pictures that look alike, as fundus
photographs do (300 looks, three bits off); and brute force on the first kind, from a tenth of the rows.
"""

from __future__ import annotations

import argparse
import time

import numpy as np

from medbench.cohort.checks.duplicates import MOST_PAIRS
from medbench.cohort.checks.near_pairs import near_pairs

LOOKS = 300
PLANTED = 1000


def main() -> None:
    """Print seconds and the number of pairs for each kind."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--number", type=int, default=100_000)
    parser.add_argument("--distance", type=int, default=4)
    options = parser.parse_args()
    rng = np.random.default_rng(0)
    drawn = rng.integers(0, 2**64, options.number, dtype=np.uint64)
    drawn[:PLANTED] = _off(drawn[PLANTED : 2 * PLANTED], options.distance, rng)
    alike = _off(rng.choice(drawn[:LOOKS], options.number), 3, rng)
    print(f"{options.number:,} hashes, distance {options.distance}")
    for name, hashes in (("random, 1,000 planted", drawn), ("alike, all pairs", np.unique(alike))):
        _show(name, hashes, options.distance, None)
    _show("alike, as verify asks", np.unique(alike), options.distance, MOST_PAIRS)
    part = drawn[: len(drawn) // 10]
    begin = time.perf_counter()
    found = sum(
        int((np.bitwise_count(part[i] ^ part[i + 1 :]) <= options.distance).sum()) for i in range(len(part))
    )
    seconds = (time.perf_counter() - begin) * 100
    print(f"{'brute force':24} about {seconds:6.1f} s (from a tenth of the hashes, {found:,} pairs)")


def _off(hashes: np.ndarray, bits: int, rng: np.random.Generator) -> np.ndarray:
    hashes = hashes.copy()
    for _ in range(bits):
        hashes ^= np.uint64(1) << rng.integers(0, 64, len(hashes)).astype(np.uint64)
    return hashes


def _show(name: str, hashes: np.ndarray, distance: int, most: int | None) -> None:
    begin = time.perf_counter()
    pairs = near_pairs(hashes, distance, most)
    print(f"{name:24}       {time.perf_counter() - begin:6.1f} s, {len(pairs):,} pairs", flush=True)


if __name__ == "__main__":
    main()
