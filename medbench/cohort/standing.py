"""The state of a task's data, without decoding an image: ready, partial, missing or altered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from medbench.cohort.availability import SourceState
from medbench.cohort.build import build_cohort, source_faults
from medbench.cohort.faults import told
from medbench.cohort.files import prepared_cohort
from medbench.cohort.partial import PartialError
from medbench.cohort.prepared import is_altered, source_state
from medbench.errors import DataError
from medbench.spec import Task

__all__ = ["Standing", "State", "task_standing"]

State = Literal["ready", "partial", "missing", "altered"]


@dataclass(frozen=True)
class Standing:
    """A task's state, why it is not ``ready``, and the same by source."""

    state: State
    why: str
    sources: dict[str, tuple[State, str]]


def task_standing(task: Task, states: Sequence[SourceState], cache: Path) -> Standing:
    """What is there of a task's data.

    ``missing``: a source's folder or label files are not there. ``partial``: its tables name images that are
    not there, or a part that the provider ships is absent. ``altered``: files changed since the cohort was
    prepared, a source cannot be read, or the counts are not those that the spec states. Unless a cohort is
    prepared, tables are read whole and files looked up by name: seconds for the largest sources.
    """
    sources: dict[str, tuple[State, str]] = {s.source: _of_source(s) for s in states}
    if any(state.lack for state in states):
        missing = [f"{state.source}: {state.lack}" for state in states if state.lack]
        return Standing("missing", "; ".join(missing), sources)
    roots = {state.source: state.root for state in states if state.root is not None}
    try:
        return _of_present(task, roots, cache, sources)
    except OSError as fault:
        return _unreadable(task, roots, fault, sources)


def _of_present(
    task: Task, roots: Mapping[str, Path], cache: Path, sources: dict[str, tuple[State, str]]
) -> Standing:
    seen = source_state(task, roots)
    if is_altered(task, seen, cache):
        return Standing(
            "altered", "files changed since the cohort was prepared: medbench data prepare", sources
        )
    cohort = prepared_cohort(task, seen, cache)
    try:
        cohort = cohort or build_cohort(task, roots, allow_missing=True, allow_leaks=True)
    except PartialError as fault:
        return Standing("partial", str(fault), sources | _partial(fault.lacks))
    except DataError as fault:
        return _unreadable(task, roots, fault, sources)
    sources |= _partial(cohort.lacks)
    whole: State = "partial" if cohort.lacks else "altered" if cohort.deviations else "ready"
    return Standing(whole, "; ".join(cohort.deviations), sources)


def _unreadable(
    task: Task, roots: Mapping[str, Path], fault: DataError | OSError, sources: dict[str, tuple[State, str]]
) -> Standing:
    faults = {source: told(found, source) for source, found in source_faults(task, roots).items()}
    found: dict[str, tuple[State, str]] = {source: ("altered", why) for source, why in faults.items()}
    return Standing("altered", "; ".join(faults.values()) or told(fault, task.id), sources | found)


def _partial(lacks: Mapping[str, Sequence[str]]) -> dict[str, tuple[State, str]]:
    return {source: ("partial", ", ".join(found)) for source, found in lacks.items()}


def _of_source(state: SourceState) -> tuple[State, str]:
    return ("missing" if state.lack else "ready"), state.lack
