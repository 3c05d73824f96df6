"""The counts that a spec states, against those of its cohort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medbench.cohort.cohort import CohortRow
from medbench.errors import DataError
from medbench.spec import Task

__all__ = ["count_deviations"]

SPLITS = {"train": "train", "test": "test", "exemplars": "exemplar", "cases": "test"}
"""The split that each key of ``expected`` counts."""


def count_deviations(task: Task, rows: Sequence[CohortRow], allow_missing: bool) -> list[str]:
    """What differs from ``data.expected``, one sentence each; nothing where the spec states nothing.

    Args:
        allow_missing: give the differences back, for the record, and do not refuse them.

    Raises:
        DataError: MB613. ``exact``: another number of images on a side. ``sampled``: another sum of both
            sides, or test images outside ``test_range``. In both: another number of groups on a side.
    """
    wrong = list(_differences(task.data.expected, rows)) if task.data.expected else []
    if wrong and not allow_missing:
        raise DataError(
            "MB613", "; ".join(wrong), where=task.id,
            hint="an incomplete or altered download; --allow-missing accepts it (the record is then open)",
        )  # fmt: skip
    return [f"counts differ ({item})" for item in wrong]


def _differences(expected: Mapping[str, Any], rows: Sequence[CohortRow]) -> Iterator[str]:
    images = Counter[str](row.split for row in rows)
    if expected["tolerance"] == "sampled":
        yield from _drawn(expected, images)
    else:
        for key, split in SPLITS.items():
            if key in expected and images[split] != expected[key]:
                yield f"{key}: {images[split]} found, {expected[key]} expected"
    groups = Counter[str](split for split, _ in {(row.split, row.group) for row in rows})
    for split, number in (expected.get("groups") or {}).items():
        if groups[split] != number:
            yield f"groups in {split}: {groups[split]} found, {number} expected"


def _drawn(expected: Mapping[str, Any], images: Mapping[str, int]) -> Iterator[str]:
    # the sides of a drawn split vary with the seed; their sum does not
    found, stated = images["train"] + images["test"], expected["train"] + expected["test"]
    if found != stated:
        yield f"images in all: {found} found, {stated} expected"
    low, high = expected.get("test_range") or (0, found)
    if not low <= images["test"] <= high:
        yield f"test: {images['test']} found, {low} to {high} expected"
