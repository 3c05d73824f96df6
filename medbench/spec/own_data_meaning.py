"""What a task says of a data set of its own, as far as the declaration alone can tell."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from pathlib import PureWindowsPath
from typing import Any, Literal

from medbench.spec.columns import named_columns
from medbench.spec.faults import Fault, Origin, nearest
from medbench.spec.parse import Key

__all__ = ["Unit", "group_of", "identity_columns", "own_data_faults"]

Unit = Literal["patient", "lesion", "image"]


def group_of(source: Mapping[str, Any]) -> tuple[Unit, str | None]:
    """What a split never cuts, and the column that names it: patient, else lesion, else image.

    Args:
        source: a declaration in ``data.sources``, with its defaults.
    """
    if source["reader"] == "image-folder":
        return ("patient", "patient") if "patient" in source["levels"] else ("image", None)
    if source.get("patient") is not None:
        return "patient", source["patient"]
    return ("lesion", source["lesion"]) if source.get("lesion") is not None else ("image", None)


def identity_columns(source: Mapping[str, Any]) -> frozenset[str]:
    """Columns that tell people or images apart: no label, no subgroup, and never in a result."""
    if source["reader"] == "image-folder":
        return frozenset({"patient"} & set(source["levels"]))
    ids = {source[key] for key in ("image", "patient", "lesion") if source.get(key)}
    of_ids = {
        name
        for name, declared in source.get("lists", {}).items()
        if ids & {declared.get("column"), *declared.get("columns", ())}
    }
    return frozenset(ids | of_ids)


def _leads_out(name: str) -> bool:
    """Whether a path that should lie in a folder leads out of it."""
    relative = name.replace("\\", "/")
    path = posixpath.normpath(relative)
    return (
        relative.startswith("/")
        or bool(PureWindowsPath(name).drive)
        or path == ".."
        or path.startswith("../")
    )


def own_data_faults(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Iterator[Fault]:
    """Columns that are nobody's to score by, splits by another group, and files outside the folder."""
    for name, source in value["data"].get("sources", {}).items():
        here: Key = ("data", "sources", name)
        for key in ("table", "folder"):
            if _leads_out(source.get(key) or "."):
                where = nearest(origins, (*here, key))
                yield Fault(
                    where, "MB416", f"{source[key]!r} leads out of the source's folder", "name it from there"
                )
        ids = identity_columns(source)
        for path, column in named_columns(value):
            if column in ids:
                message = f"{column!r} of {name} tells people or images apart; nothing is scored by it"
                yield Fault(nearest(origins, path), "MB417", message)
        yield from _group(value["data"], name, source, origins)


def _group(
    data: Mapping[str, Any], name: str, source: Mapping[str, Any], origins: Mapping[Key, Origin]
) -> Iterator[Fault]:
    split = data.get("split") or {}
    sides = [{p if isinstance(p, str) else p["source"] for p in data[side]} for side in ("train", "test")]
    if split.get("rule") != "by-group" or name not in sides[0] & sides[1]:
        return
    unit, _ = group_of(source)
    if split["group"] != unit:
        message = f"{name} cannot be divided by {split['group']}"
        why = f"its samples are grouped by {unit}"
        hint = f"say group: {unit}, or name the {split['group']} in data.sources.{name}"
        yield Fault(nearest(origins, ("data", "split", "group")), "MB313", message, hint, why)
