"""Suites: a named list of tasks, with analyses and default models if it wants."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.defaults import fill_defaults
from medbench.spec.faults import Fault, Origin, nearest, raise_faults
from medbench.spec.parse import Document, Key, parse_file
from medbench.spec.schema import load_schema, schema_faults

__all__ = ["load_suite"]


Columns = Callable[[str], Collection[str] | None]
"""Columns of a task's test sources, by the task's name; ``None`` where only the data could tell."""


def load_suite(
    file: Path, tasks: Sequence[str] | None = None, columns: Columns | None = None
) -> dict[str, Any]:
    """Load and validate one suite; plain values with defaults.

    Args:
        tasks: ids of the tasks there are; ``None`` does not look whether the suite's exist.
        columns: of each task; ``None`` does not look whether the analyses' columns exist.

    Raises:
        SpecError: it does not parse (MB1xx), breaks its schema (MB2xx), names a task that does not exist or
            an analysis' task that is not the suite's (MB305), or a column that no task has (MB312); shares of
            train do not rise (MB405).
    """
    document = parse_file(file)
    raise_faults(schema_faults("suite", document.value, document.origins))
    fill_defaults(document.value, load_schema("suite"))
    raise_faults([*_lost_tasks(document.value, document.origins, tasks), *_fractions(document)])
    if columns is not None:
        raise_faults(_lost_columns(document, columns))
    return document.value


def _lost_tasks(
    suite: Mapping[str, Any], origins: Mapping[Key, Origin], tasks: Sequence[str] | None
) -> Iterator[Fault]:
    known = {task.lower() for task in tasks or ()}
    for index, task in enumerate(suite["tasks"]):
        if tasks is not None and task.lower() not in known:
            where = origins["tasks", index]
            yield Fault(where, "MB305", f"no task {task!r}", did_you_mean(task, tasks))
    own = {task.lower() for task in suite["tasks"]}
    for name, analysis in suite["analyses"].items():
        for index, task in enumerate(analysis.get("tasks", ())):
            if task.lower() not in own:
                where = nearest(origins, ("analyses", name, "tasks", index))
                hint = did_you_mean(task, suite["tasks"])
                yield Fault(where, "MB305", f"{name} is for {task!r}, which is no task of the suite", hint)


def _fractions(document: Document) -> Iterator[Fault]:
    fractions = document.value["analyses"].get("label-efficiency", {}).get("fractions", [])
    if sorted(set(fractions)) != fractions:
        where = nearest(document.origins, ("analyses", "label-efficiency", "fractions"))
        yield Fault(where, "MB405", "the shares of train do not rise")


def _lost_columns(document: Document, columns: Columns) -> Iterator[Fault]:
    for name, analysis in document.value["analyses"].items():
        asked: dict[Key, str] = {
            ("columns", i): column for i, column in enumerate(analysis.get("columns", ()))
        }
        asked |= {("column",): analysis["column"]} if "column" in analysis else {}
        there = [columns(task) for task in analysis.get("tasks") or document.value["tasks"]] if asked else []
        if None in there:
            continue
        known = sorted({"source"}.union(*filter(None, there)))
        for key, column in asked.items():
            if column not in known:
                where = nearest(document.origins, ("analyses", name, *key))
                message = f"no task of {name} has a column {column!r}"
                yield Fault(where, "MB312", message, did_you_mean(column, known))
