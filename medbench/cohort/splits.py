"""Split rules: which rows of a source are train and which are test. Pure functions of rows, rule and seed."""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from fractions import Fraction
from functools import partial

from medbench.cohort.source import SourceRow
from medbench.spec import Split

__all__ = ["test_rows"]

Draw = Callable[[Iterable[str]], list[str]]


def test_rows(rows: Sequence[SourceRow], split: Split, source: str) -> set[str]:
    """Sample ids of one source that are test.

    Args:
        rows: rows of the source that both the train and the test list of the task take.
        split: the task's rule.
        source: its id; each source has draws of its own.
    """
    draw = partial(_shuffled, f"medbench.split/2 {split.seed} {source}")
    if split.rule == "stratified":
        return _stratified(rows, split, draw)
    return _by_group(rows, split, draw)


def _by_group(rows: Sequence[SourceRow], split: Split, draw: Draw) -> set[str]:
    order = draw({row.group for row in rows if _is_eligible(row, split)})
    chosen = set(order[: _share(split.fraction, len(order), split.rounding)])
    return {row.sample for row in rows if row.group in chosen}


def _is_eligible(row: SourceRow, split: Split) -> bool:
    if split.eligible is None:
        return True
    column, value = split.eligible
    return row.values.get(column) == value


def _stratified(rows: Sequence[SourceRow], split: Split, draw: Draw) -> set[str]:
    strata: dict[tuple[Hashable, ...], list[str]] = defaultdict(list)
    for row in rows:
        strata[tuple(row.values.get(column) for column in split.strata)].append(row.sample)
    test: set[str] = set()
    for samples in strata.values():
        order = draw(samples)
        test.update(order[_share(split.fraction, len(order), split.rounding) :])
    return test


def _share(fraction: float, n: int, rounding: str) -> int:
    # exact arithmetic: 0.2 * 2060 in floating point must not become 413
    exact = Fraction(str(fraction)) * n
    return math.floor(exact) if rounding == "floor" else math.ceil(exact)


def _shuffled(key: str, names: Iterable[str]) -> list[str]:
    # by digest: numpy may change how it permutes, and the same seed must give one test set everywhere
    return sorted(names, key=lambda name: hashlib.sha256(f"{key} {name}".encode()).digest())
