"""Whether the columns, classes and groups that a task names are those of its sources' cards."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["class_faults", "column_faults", "named_columns"]

Cards = Mapping[str, Mapping[str, Any]]


def column_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin], cards: Cards) -> Iterator[Fault]:
    """Columns that a source lacks, and a split by another group than the source has.

    A source of one's own has no card: its table is asked when it is read.
    """
    for path, column in named_columns(value):
        for source, card in cards.items():
            known = [*card["columns"], "source"]
            if column not in known:
                hint = did_you_mean(column, known)
                yield Fault(nearest(origins, path), "MB312", f"{source} has no column {column!r}", hint)
    group = (value["data"].get("split") or {}).get("group")
    for source, card in cards.items():
        if group is not None and source in _divided(value["data"]) and card["group_unit"] != group:
            where = nearest(origins, ("data", "split", "group"))
            why = f"its samples are grouped by {card['group_unit']}"
            yield Fault(where, "MB313", f"{source} cannot be divided by {group}", why=why)


def class_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin], cards: Cards) -> Iterator[Fault]:
    """Classes that no source has, and values of a source's label column that are no class."""
    label = value["data"].get("label")
    if label is None or not isinstance(label["classes"], list):
        return
    ranges = {
        source: card["columns"].get(label["column"], {}).get("values") for source, card in cards.items()
    }
    stated = {source: values for source, values in ranges.items() if values is not None}
    where: Key = ("data", "label", "classes")
    unknown = list(_unknown(value["data"], stated)) if len(stated) == len(cards) else []
    for index, name, hint in unknown:
        message = f"class {name!r} is no value of {label['column']} in {', '.join(stated)}"
        yield Fault(nearest(origins, (*where, index)), "MB311", message, hint)
    for source, values in stated.items():
        lost = [name for name in values if name not in label["classes"]]
        # a misspelt class is one fault, not also the lack of the one that it stands for
        if lost and not unknown:
            message = f"{label['column']} is also {', '.join(map(repr, lost))} in {source}"
            why = "the classes are the values of the label column, each once"
            yield Fault(nearest(origins, where), "MB311", message, why=why)


def _unknown(data: Mapping[str, Any], stated: Mapping[str, list[str]]) -> Iterator[tuple[int, str, str]]:
    """Index, name and hint of each class that no source has; not known where a local source is read too."""
    known = [name for values in stated.values() for name in values]
    for index, name in enumerate(data["label"]["classes"]):
        if known and not data["sources"] and name not in known:
            yield index, name, did_you_mean(name, known)


def named_columns(value: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    """Every column that a resolved task names, with the path of its key."""
    data = value["data"]
    if "label" in data:
        yield ("data", "label", "column"), data["label"]["column"]
    for index, column in enumerate(value.get("report_by", ())):
        yield ("report_by", index), column
    if value.get("strata"):
        yield ("strata", "column"), value["strata"]["column"]
    split = data.get("split") or {}
    for index, column in enumerate(split.get("strata", ())):
        yield ("data", "split", "strata", index), column
    if split.get("eligible"):
        yield ("data", "split", "eligible", "column"), split["eligible"]["column"]


def _divided(data: Mapping[str, Any]) -> set[str]:
    """Sources in train and in test, which the split divides."""
    sides = [
        {part if isinstance(part, str) else part["source"] for part in data.get(side, ())}
        for side in ("train", "test")
    ]
    return sides[0] & sides[1]
