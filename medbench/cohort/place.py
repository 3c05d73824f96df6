"""Which samples of the source tables a task takes, and the split of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from medbench.cohort.cohort import SplitName
from medbench.cohort.source import SourceRow, SourceTable
from medbench.cohort.splits import test_rows
from medbench.spec import SourcePart, Task

__all__ = ["Placed", "place_samples"]


@dataclass(frozen=True)
class Placed:
    """A sample, its split, and the file and row it stands in where the reader says so."""

    source: str
    row: SourceRow
    split: SplitName
    place: str = ""


def place_samples(
    task: Task, tables: Mapping[str, SourceTable], exclusions: Mapping[str, dict[str, int]]
) -> list[Placed]:
    """Samples in canonical order (source, provider's sample id).

    Args:
        exclusions: by source and reason; what is left out here is counted in it.
    """
    placed = _place(task, tables) if task.kind == "probe" else _place_cases(task, tables, exclusions)
    return _drop_unlabelled(task, placed, exclusions)


def _place(task: Task, tables: Mapping[str, SourceTable]) -> list[Placed]:
    placed: list[Placed] = []
    for source, table in sorted(tables.items()):
        train = {row.sample for row in _taken(table, task.data.train)}
        test = {row.sample for row in _taken(table, task.data.test)}
        both = train & test
        if both:
            shared = [row for row in table.rows if row.sample in both]
            assert task.data.split is not None, (
                "the spec's meaning checks refuse a shared source without a split"
            )
            drawn = test_rows(shared, task.data.split, source)
            train, test = train - drawn, (test - train) | drawn
        for row in sorted(table.rows, key=lambda row: row.sample):
            if row.sample in train or row.sample in test:
                split: SplitName = "test" if row.sample in test else "train"
                placed.append(Placed(source, row, split, table.places.get(row.sample, "")))
    return placed


def _taken(table: SourceTable, parts: Sequence[SourcePart]) -> list[SourceRow]:
    return [
        row
        for part in parts
        if part.source == table.source
        for row in table.rows
        if not part.parts or row.part in part.parts
    ]


def _place_cases(
    task: Task, tables: Mapping[str, SourceTable], exclusions: Mapping[str, dict[str, int]]
) -> list[Placed]:
    placed: list[Placed] = []
    for source, table in sorted(tables.items()):
        for row in sorted(table.rows, key=lambda row: row.sample):
            if task.data.until and row.sample > task.data.until:
                _exclude(exclusions[source], f"after {task.data.until}")
            else:
                placed.append(
                    Placed(source, row, "exemplar" if len(placed) < task.data.exemplars else "test")
                )
    return placed


def _exclude(reasons: dict[str, int], reason: str) -> None:
    reasons[reason] = reasons.get(reason, 0) + 1


def _drop_unlabelled(
    task: Task, placed: list[Placed], exclusions: Mapping[str, dict[str, int]]
) -> list[Placed]:
    column = task.data.label.column if task.data.label else "answer"
    kept: list[Placed] = []
    for item in placed:
        if item.row.values.get(column) is None:
            _exclude(exclusions[item.source], "no label")
        else:
            kept.append(item)
    return kept
