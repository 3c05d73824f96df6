"""Open what is to be checked: a task's cohort, or all of one source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from medbench.cohort.availability import SourceState
from medbench.cohort.build import source_faults
from medbench.cohort.checks.findings import Finding, Part, Use
from medbench.cohort.cohort import Cohort
from medbench.cohort.faults import told
from medbench.cohort.file_names import check_file_names
from medbench.cohort.files import prepare_cohort
from medbench.cohort.partial import lacks_of
from medbench.cohort.source import SAMPLE_MARK
from medbench.cohort.sources import reader
from medbench.errors import DataError
from medbench.spec import Task

__all__ = ["source_part", "task_part"]


def task_part(task: Task, states: Sequence[SourceState], cache: Path) -> Part:
    """A task's cohort, as much of it as is there; what is missing or refused becomes findings."""
    roots = {state.source: state.root for state in states if state.root is not None and state.root.is_dir()}
    part = Part(task.id, task.discipline, roots, task=task)
    missing = [Finding("missing", "error", state.source, state.lack) for state in states if state.lack]
    if missing:
        return replace(part, findings=tuple(missing))
    try:
        cohort = prepare_cohort(task, roots, cache, allow_missing=True, allow_leaks=True)
    except (DataError, OSError) as fault:
        return replace(part, findings=tuple(_faults(task, roots, fault)))
    return replace(
        part,
        uses=tuple(
            Use(task.id, row.split, row.source, image, row.group)
            for row in cohort.rows
            for image in row.images
        ),
        counts={"found": cohort.counts(), "expected": dict(cohort.expected)},
        findings=tuple(_lacks(cohort)),
        synthetic=cohort.synthetic,
        cohort=cohort,
    )


def _faults(task: Task, roots: Mapping[str, Path], fault: DataError | OSError) -> Iterator[Finding]:
    faults = source_faults(task, roots)
    for source, found in faults.items():
        yield Finding("cohort", "error", source, told(found, source))
    if not faults:
        yield Finding("cohort", "error", task.id, told(fault, task.id))


def _lacks(cohort: Cohort) -> Iterator[Finding]:
    for source, lacks in cohort.lacks.items():
        for lack in lacks:
            yield Finding("partial", "error", source, lack)
    for deviation in cohort.deviations:
        if not deviation.startswith("partial source "):
            yield Finding("counts", "error", cohort.task, deviation)


def source_part(source: str, root: Path | None, discipline: str) -> Part:
    """Every image of a source, whichever task uses it."""
    part = Part(source, discipline, {} if root is None else {source: root})
    try:
        lack = "no data folder named" if root is None else reader(source).find(root)
        if lack or root is None:
            return replace(part, findings=(Finding("missing", "error", source, lack),))
        return _whole(part, source, root)
    except (DataError, OSError) as fault:
        return replace(part, findings=(Finding("cohort", "error", source, told(fault, source)),))


def _whole(part: Part, source: str, root: Path) -> Part:
    table = reader(source).read(root, {})
    check_file_names(table)
    rows = Counter(row.part for row in table.rows)
    groups = Counter(name for name, _ in {(row.part, row.group) for row in table.rows})
    return replace(
        part,
        uses=tuple(
            Use(source, row.part, source, image, row.group) for row in table.rows for image in row.images
        ),
        counts={"found": {name: {"rows": n, "groups": groups[name]} for name, n in sorted(rows.items())}},
        findings=tuple(Finding("partial", "error", source, lack) for lack in lacks_of(table)),
        synthetic=(root / SAMPLE_MARK).is_file(),
    )
