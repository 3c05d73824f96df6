"""The prepared table of a task's samples, in canonical order, without ids."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from medbench.cohort.source import ImageRef, Value

__all__ = ["COHORT_SCHEMA", "Cohort", "CohortRow", "SplitName"]

COHORT_SCHEMA = "medbench.cohort/1"
SplitName = Literal["train", "test", "exemplar"]


@dataclass(frozen=True)
class CohortRow:
    """One sample.

    Attributes:
        number: running number inside its split, in canonical order (source, provider's sample id).
        group: running number of its patient, lesion, case or image inside its split.
        label: class index; a multilabel task has one 0 or 1 a class; a choice task the right option's index.
        columns: subgroup and stratum columns by name; a choice task also ``question`` and ``options``.
    """

    split: SplitName
    number: int
    source: str
    images: tuple[ImageRef, ...]
    group: int
    label: int | tuple[int, ...]
    columns: Mapping[str, Value]


@dataclass(frozen=True)
class Cohort:
    """All samples of a task.

    Attributes:
        classes: class or label names; empty for a choice task.
        group_unit: the unit of resampling, the coarsest that every test source has.
        digest: SHA-256 over every row: source, sample, split, group and label.
        resample_key: SHA-256 over the task id and the test table (labels and running group numbers only), so
            that any two records of one test set draw the same replicates.
        deviations: why a record made from this cohort cannot be official.
        shared_groups: patients, lesions or cases on both sides, as pairs of running group numbers: in train
            (or among the exemplars) and in test.
        lacks: by source, what of its download is not there, in words.
    """

    task: str
    rows: tuple[CohortRow, ...]
    classes: tuple[str, ...]
    multilabel: bool
    group_unit: str
    synthetic: bool
    digest: str
    resample_key: str
    exclusions: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    expected: Mapping[str, Any] = field(default_factory=dict)
    deviations: tuple[str, ...] = ()
    shared_groups: tuple[tuple[int, int], ...] = ()
    lacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def split(self, name: SplitName) -> list[CohortRow]:
        """Rows of one split in canonical order."""
        return [row for row in self.rows if row.split == name]

    def counts(self) -> dict[str, dict[str, int]]:
        """Rows and groups of each split."""
        names = dict.fromkeys(row.split for row in self.rows)
        rows = {name: self.split(name) for name in names}
        return {n: {"rows": len(r), "groups": len({row.group for row in r})} for n, r in rows.items()}
