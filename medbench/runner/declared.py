"""Which of a suite's analyses fit a model and a task, and what keeps the others from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from medbench.cohort import CohortRow
from medbench.runner.readiness import Cards, Item
from medbench.runner.subgroup_values import UNKNOWN, subgroup_values
from medbench.spec import LbfgsProbe, ProbeProtocol

__all__ = ["Analyses", "declare", "kept_columns", "with_values"]

Analyses = Mapping[str, Mapping[str, Any]]
"""Settings by name of the analysis, with their defaults."""


def declare(item: Item, analyses: Analyses, protocol: str) -> Item:
    """The item with the analyses that are made for it.

    One that names the item's task and cannot be made of it is listed under ``unfit``; one that names no tasks
    is for those that it fits.
    """
    fits: dict[str, Mapping[str, Any]] = {}
    unfit: list[str] = []
    for name, settings in analyses.items():
        tasks = settings.get("tasks")
        if tasks is not None and item.task.id.lower() not in {task.lower() for task in tasks}:
            continue
        lack, wanted = _lack(name, settings, item, protocol)
        if not lack:
            fits[name] = wanted
        elif tasks is not None:
            unfit.append(f"analysis {name}: {lack}")
    return replace(item, analyses=fits, unfit=tuple(unfit))


def with_values(analyses: Analyses, rows: Sequence[CohortRow]) -> tuple[Analyses, list[str]]:
    """The analyses with the columns that some row has a value in, and what is left out of them and why.

    Of a table of one's own the columns are known only now.
    """
    kept: dict[str, Mapping[str, Any]] = {}
    lost: list[str] = []
    for name, settings in analyses.items():
        asked = settings.get("columns") or ([settings["column"]] if "column" in settings else [])
        empty = [column for column in asked if set(subgroup_values(rows, column)) <= {UNKNOWN}]
        lost += [f"analysis {name}: no test row has a value in column {column!r}" for column in empty]
        left = [column for column in asked if column not in empty]
        if left or not asked:
            kept[name] = {**settings, "columns": left} if "columns" in settings else settings
    return kept, lost


def kept_columns(analyses: Analyses) -> tuple[str, ...]:
    """Columns of the samples that an item's analyses read."""
    named = [
        *(settings["column"] for settings in analyses.values() if "column" in settings),
        *(column for settings in analyses.values() for column in settings.get("columns", ())),
    ]
    return tuple(sorted(set(named) - {"source"}))


def _lack(name: str, settings: Mapping[str, Any], item: Item, protocol: str) -> tuple[str, Mapping[str, Any]]:
    """Why the analysis cannot be made, else its settings with the columns that are there."""
    rule = item.task.protocols[protocol]
    if not isinstance(rule, ProbeProtocol):
        return f"{item.task.id} has no probe", settings
    handle = item.candidate.handle
    if name == "layer-sweep":
        if handle is None or handle.blocks is None:
            return f"{item.candidate.name} has no blocks to choose from", settings
        if not isinstance(rule.decoders, LbfgsProbe):
            return f"the probe of protocol {protocol} is not validated inside train", settings
    if name in ("per-organ", "subgroups"):
        asked = [settings["column"]] if name == "per-organ" else settings["columns"]
        columns = _there(asked, item)
        if not columns:
            return f"{item.task.id} has no column {', '.join(map(repr, asked))}", settings
        return "", {**settings, **({} if name == "per-organ" else {"columns": columns})}
    return "", settings


def _there(columns: Sequence[str], item: Item) -> list[str]:
    """Columns that a test source has, by its card; a table of one's own is known when it is read."""
    tested = [part.source for part in item.task.data.test]
    return [column for column in columns if any(_has(item, item.cards, s, column) for s in tested)]


def _has(item: Item, cards: Cards, source: str, column: str) -> bool:
    if column == "source":
        return True
    own = item.task.data.local.get(source)
    if own is None:
        return column in cards[source]["columns"]
    return column not in own.identity_columns
