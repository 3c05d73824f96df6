"""The data set of a task's own, where it lies beside its spec: read as a run would read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from medbench.errors import DataError
from medbench.spec.faults import Fault, Origin

if TYPE_CHECKING:
    from medbench.spec import Task

__all__ = ["WHOLE_FILE", "own_data"]

WHOLE_FILE = 0
"""Line of a fault that has no place of its own in its file."""


def own_data(task: Task) -> tuple[list[Fault], str]:
    """Faults of the tables and folders that a sound task declares, and a note where they were not read."""
    if not task.data.local:
        return [], ""
    from medbench.cohort import source_states
    from medbench.cohort.build import build_cohort

    states = source_states(task.data, None)
    lacks = [f"{state.source}: {state.lack}" for state in states if state.lack]
    if lacks:
        return [], f"{task.file.name}: its data was not looked at ({'; '.join(lacks)})"
    try:
        build_cohort(task, {state.source: state.root for state in states if state.root is not None})
    except DataError as fault:
        where = f"{fault.where}: " if fault.where else ""
        return [
            Fault(
                Origin(task.file, WHOLE_FILE, WHOLE_FILE), fault.code, f"{where}{fault.message}", fault.hint
            )
        ], ""
    return [], ""
