"""Source tables and a spec become a cohort."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medbench.cohort.cohort import Cohort, CohortRow, SplitName
from medbench.cohort.expected_counts import count_deviations
from medbench.cohort.file_names import check_file_names
from medbench.cohort.labels import check_classes, class_names, label_of
from medbench.cohort.own_data import check_leaks, check_own_data
from medbench.cohort.partial import accept_partial, lacks_of, refuse_empty
from medbench.cohort.place import Placed, place_samples
from medbench.cohort.source import SAMPLE_MARK, SourceTable
from medbench.cohort.sources import local_reader, reader
from medbench.errors import DataError
from medbench.spec import Task

__all__ = ["build_cohort", "source_faults"]

GROUP_UNITS = ("image", "lesion", "patient", "case")
"""From the finest to the coarsest; a pooled test set is named by its finest."""


def build_cohort(
    task: Task,
    roots: Mapping[str, Path],
    allow_missing: bool = False,
    columns: Sequence[str] = (),
    allow_leaks: bool = False,
) -> Cohort:
    """Read a task's sources, split, label and number their samples.

    Args:
        roots: folder of each source of the task.
        allow_missing: accept a partial download or other counts than the paper's; the record is then open.
        columns: kept beside those that the task's scores depend on.
        allow_leaks: a patient of one's own data may be in train and in test; ``shared_groups`` says so.

    Raises:
        DataError: a source cannot be read (MB60x), is partial (MB610), holds an unknown class (MB611), leaves
            a split empty (MB612) or has other counts than the spec expects (MB613); a data set of one's
            own cannot be read (MB63x) or is not what the task says of it (MB602, MB63x); a file's name is
            not UTF-8 (MB670).
        OSError: a file or folder cannot be read.
    """
    tables = {source: _read(task, source, roots[source]) for source in task.data.sources}
    check_own_data(task, tables, roots)
    deviations = accept_partial(tables, roots, allow_missing)
    try:
        cohort = _assemble(task, tables, roots, columns, allow_leaks)
    except DataError as fault:
        refuse_empty(tables, roots, fault)
        raise
    if not cohort.synthetic:
        deviations += count_deviations(task, cohort.rows, allow_missing)
    return replace(cohort, deviations=tuple(deviations))


def source_faults(task: Task, roots: Mapping[str, Path]) -> dict[str, DataError | OSError]:
    """What is wrong with each source on its own, so that one that cannot be read hides no other."""
    faults: dict[str, DataError | OSError] = {}
    for source in task.data.sources:
        try:
            _read(task, source, roots[source])
        except (DataError, OSError) as fault:
            faults[source] = fault
    return faults


def _assemble(
    task: Task,
    tables: Mapping[str, SourceTable],
    roots: Mapping[str, Path],
    columns: Sequence[str],
    allow_leaks: bool,
) -> Cohort:
    synthetic = any((roots[source] / SAMPLE_MARK).is_file() for source in tables)
    exclusions: dict[str, dict[str, int]] = {s: dict(t.exclusions) for s, t in tables.items()}
    placed = place_samples(task, tables, exclusions)
    if not allow_leaks:
        check_leaks(task, placed)
    classes = class_names(task, placed)
    check_classes(task, placed, classes)
    rows = _number(task, placed, classes, dict.fromkeys([*task.columns, *columns]))
    return Cohort(
        task=task.id,
        rows=rows,
        classes=classes,
        multilabel=bool(task.data.label and task.data.label.multilabel),
        group_unit=min((tables[p.source].group_unit for p in task.data.test), key=GROUP_UNITS.index),
        synthetic=synthetic,
        digest=_digest(
            [[p.source, p.row.sample, p.split, r.group, r.label] for p, r in zip(placed, rows, strict=True)]
        ),
        resample_key=_digest([task.id, *([r.source, r.label, r.group] for r in rows if r.split == "test")]),
        exclusions=exclusions,
        expected=task.data.expected,
        deviations=(),
        shared_groups=_shared_groups(placed, rows),
        lacks={source: found for source, table in sorted(tables.items()) if (found := lacks_of(table))},
    )


def _read(task: Task, source: str, root: Path) -> SourceTable:
    own = task.data.local.get(source)
    table = (local_reader(own) if own else reader(source)).read(root, task.data.options.get(source, {}))
    check_file_names(table)
    return table


def _number(
    task: Task, placed: Sequence[Placed], classes: tuple[str, ...], kept: Iterable[str]
) -> tuple[CohortRow, ...]:
    groups: dict[SplitName, dict[tuple[str, str], int]] = {}
    numbers: dict[SplitName, int] = {}
    rows: list[CohortRow] = []
    for item in placed:
        known = groups.setdefault(item.split, {})
        number = numbers.get(item.split, 0)
        numbers[item.split] = number + 1
        rows.append(
            CohortRow(
                split=item.split,
                number=number,
                source=item.source,
                images=item.row.images,
                group=known.setdefault((item.source, item.row.group), len(known)),
                label=label_of(task, item, classes),
                columns={key: item.row.values.get(key) for key in kept},
            )
        )
    for split in ("train", "test") if task.kind == "probe" else ("test",):
        if split not in numbers:
            raise DataError("MB612", f"the {split} part is empty", task.id, _empty_hint(task))
    return tuple(rows)


def _empty_hint(task: Task) -> str:
    split = task.data.split
    if split is None:
        return "look at data.train, data.test and their parts"
    share = "test_fraction" if split.rule == "by-group" else "train_fraction"
    return f"data.split.{share} is {split.fraction:g}, rounded {split.rounding}: too little for so few groups"


def _shared_groups(placed: Sequence[Placed], rows: Sequence[CohortRow]) -> tuple[tuple[int, int], ...]:
    """Groups that are in test and elsewhere, by their running number there and in test."""
    sides: dict[bool, dict[tuple[str, str], int]] = {False: {}, True: {}}
    for item, row in zip(placed, rows, strict=True):
        sides[item.split == "test"].setdefault((item.source, item.row.group), row.group)
    return tuple((number, sides[True][key]) for key, number in sides[False].items() if key in sides[True])


def _digest(value: object) -> str:
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
