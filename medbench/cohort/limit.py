"""A part of a cohort, for trying things out: ``--limit``."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

from medbench.cohort.cohort import Cohort, CohortRow

__all__ = ["limit_cohort"]


def limit_cohort(cohort: Cohort, n: int) -> Cohort:
    """At most ``n`` train and ``n`` test rows, classes taken in turn, the same whenever it is asked.

    The resample key changes with the rows, so a limited record never pairs up with a whole one.
    """
    kept: list[CohortRow] = []
    numbers: dict[bool, dict[int, int]] = {False: {}, True: {}}
    for split in dict.fromkeys(row.split for row in cohort.rows):
        rows = cohort.split(split)
        chosen = rows if split == "exemplar" else _spread(rows, n, cohort.resample_key)
        numbers[split == "test"] = groups = _group_numbers(chosen)
        kept += [replace(row, number=number, group=groups[row.group]) for number, row in enumerate(chosen)]
    shared = [(numbers[False].get(train), numbers[True].get(test)) for train, test in cohort.shared_groups]
    key = hashlib.sha256(f"{cohort.resample_key} limit {n}".encode()).hexdigest()
    deviations = (*cohort.deviations, f"limited to {n} rows a split")
    return replace(
        cohort,
        rows=tuple(kept),
        resample_key=key,
        deviations=deviations,
        shared_groups=tuple(
            (train, test) for train, test in shared if train is not None and test is not None
        ),
    )


def _spread(rows: Sequence[CohortRow], n: int, key: str) -> list[CohortRow]:
    by_label: dict[object, list[CohortRow]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: hashlib.sha256(f"{key} {row.number}".encode()).digest()):
        by_label[row.label].append(row)
    turns = [(turn, str(label), row) for label, found in by_label.items() for turn, row in enumerate(found)]
    chosen = sorted(turns, key=lambda item: item[:2])[:n]
    return sorted((row for _, _, row in chosen), key=lambda row: row.number)


def _group_numbers(rows: Sequence[CohortRow]) -> dict[int, int]:
    """New running numbers by the old ones."""
    return {group: number for number, group in enumerate(dict.fromkeys(row.group for row in rows))}
