"""What a task says about its own data sets, held against what was read from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from medbench.cohort.place import Placed
from medbench.cohort.source import SourceTable
from medbench.errors import DataError, did_you_mean
from medbench.spec import LocalSource, SourcePart, Task
from medbench.spec.columns import named_columns

__all__ = ["check_leaks", "check_own_data"]


def check_own_data(task: Task, tables: Mapping[str, SourceTable], roots: Mapping[str, Path]) -> None:
    """Refuse a task whose columns or parts its own sources do not have.

    Raises:
        DataError: MB634, no row can be used; MB602, a column is not there; MB636, a part is not there.
    """
    for name, source in task.data.local.items():
        if name in tables:
            _usable(source, tables[name], roots[name])
            _columns(task, source, tables[name])
            _parts(task, tables[name])


def _usable(source: LocalSource, table: SourceTable, root: Path) -> None:
    if table.rows:
        return
    lost = [f"{n} {reason}" for reason, n in table.exclusions.items()]
    if table.missing_files:
        lost.append(f"{table.missing_files} images not there (first: {table.missing_at})")
    folder = root / source.settings["folder"]
    raise DataError(
        "MB634",
        f"no row can be used: {', '.join(lost) or 'no image is there'}",
        where=source.id,
        hint=f"images are looked for in {folder}, as data.sources.{source.id} says",
    )


def _columns(task: Task, source: LocalSource, table: SourceTable) -> None:
    known = table.rows[0].values
    for path, column in named_columns(task.resolved):
        if column != "source" and column not in known:
            where = f"{task.id}: {'.'.join(key for key in path if isinstance(key, str))}"
            hint = did_you_mean(column, [name for name in known if name not in source.identity_columns])
            raise DataError("MB602", f"{source.id} has no column {column!r}", where, hint)


def _parts(task: Task, table: SourceTable) -> None:
    known = {row.part for row in table.rows}
    for part in _parts_named(task, table.source):
        if part not in known:
            hint = did_you_mean(part, known)
            raise DataError("MB636", f"no row of {table.source} is in part {part!r}", task.id, hint)


def _parts_named(task: Task, source: str) -> list[str]:
    sides: Sequence[SourcePart] = (*task.data.train, *task.data.test)
    return list(dict.fromkeys(name for side in sides if side.source == source for name in side.parts))


def check_leaks(task: Task, placed: Sequence[Placed]) -> None:
    """Refuse a patient or lesion of an own source that is in train and in test.

    Raises:
        DataError: MB632.
    """
    sides: dict[tuple[str, str], dict[str, Placed]] = {}
    for item in placed:
        if item.source in task.data.local:
            sides.setdefault((item.source, item.row.group), {}).setdefault(item.split, item)
    shared = [side for side in sides.values() if len(side) > 1]
    if not shared:
        return
    first, more = shared[0], f", and {len(shared) - 1} more" if len(shared) > 1 else ""
    rows = f"{first['train'].place} and {first['test'].place}"
    ways = {"stratified": "rule: by-group divides by patient or lesion; stratified does not look at them"}
    rule = task.data.split.rule if task.data.split else ""
    raise DataError(
        "MB632",
        f"a patient or lesion is in train and in test: {rows}{more}",
        where=first["train"].source,
        hint=ways.get(rule, "give all rows of a patient one part, or let data.split divide them"),
    )
