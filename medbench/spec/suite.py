"""Suites: a named list of tasks, with analyses and default models if it wants."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.defaults import fill_defaults
from medbench.spec.faults import Fault, Origin, nearest, raise_faults
from medbench.spec.parse import Key, parse_file
from medbench.spec.schema import load_schema, schema_faults

__all__ = ["load_suite"]


def load_suite(file: Path, tasks: Sequence[str] | None = None) -> dict[str, Any]:
    """Load and validate one suite; plain values with defaults.

    Args:
        tasks: ids of the tasks there are; ``None`` does not look whether the suite's exist.

    Raises:
        SpecError: it does not parse (MB1xx), breaks its schema (MB2xx), names a task that does not exist or
            an analysis' task that is not the suite's (MB305).
    """
    document = parse_file(file)
    raise_faults(schema_faults("suite", document.value, document.origins))
    fill_defaults(document.value, load_schema("suite"))
    raise_faults(_lost_tasks(document.value, document.origins, tasks))
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
