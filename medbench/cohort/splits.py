"""Split rules: which rows of a source are train and which are test. Pure functions of rows, rule and seed."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Hashable, Sequence
from fractions import Fraction

import numpy as np

from medbench.cohort.source import SourceRow
from medbench.spec import Split

__all__ = ["test_rows"]


def test_rows(rows: Sequence[SourceRow], split: Split, source: str) -> set[str]:
    """Sample ids of one source that are test.

    Args:
        rows: rows of the source that both the train and the test list of the task take.
        split: the task's rule.
        source: its id; each source has draws of its own.
    """
    draw = _generator(split.seed, source)
    if split.rule == "stratified":
        return _stratified(rows, split, draw)
    return _by_group(rows, split, draw)


def _by_group(rows: Sequence[SourceRow], split: Split, draw: np.random.Generator) -> set[str]:
    eligible = {row.group for row in rows if _is_eligible(row, split)}
    order = [str(group) for group in draw.permutation(sorted(eligible))]
    chosen = set(order[: _share(split.fraction, len(order), split.rounding)])
    return {row.sample for row in rows if row.group in chosen}


def _is_eligible(row: SourceRow, split: Split) -> bool:
    if split.eligible is None:
        return True
    column, value = split.eligible
    return row.values.get(column) == value


def _stratified(rows: Sequence[SourceRow], split: Split, draw: np.random.Generator) -> set[str]:
    strata: dict[tuple[Hashable, ...], list[str]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: row.sample):
        strata[tuple(row.values.get(column) for column in split.strata)].append(row.sample)
    test: set[str] = set()
    for _, samples in sorted(strata.items(), key=lambda item: str(item[0])):
        order = [str(sample) for sample in draw.permutation(samples)]
        test.update(order[_share(split.fraction, len(order), split.rounding) :])
    return test


def _share(fraction: float, n: int, rounding: str) -> int:
    # exact arithmetic: 0.2 * 2060 in floating point must not become 413
    exact = Fraction(str(fraction)) * n
    return math.floor(exact) if rounding == "floor" else math.ceil(exact)


def _generator(seed: int, source: str) -> np.random.Generator:
    key = int.from_bytes(hashlib.sha256(f"medbench.split/1 {seed} {source}".encode()).digest()[:16], "big")
    return np.random.Generator(np.random.Philox(key=key))
