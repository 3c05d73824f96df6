"""A resolved task for a reader: every value with its origin, and what sets its protocols apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medbench.spec.extend import OWN, Resolved
from medbench.spec.faults import nearest
from medbench.spec.home import benchmarks_folder
from medbench.spec.parse import Key

__all__ = ["DEFAULT", "Difference", "Row", "differences", "values"]

DEFAULT = "default"
"""Origin of a value that nobody wrote."""


@dataclass(frozen=True)
class Row:
    """A value: dotted key, plain value, and ``file:line`` or ``default``."""

    key: str
    value: Any
    origin: str


@dataclass(frozen=True)
class Difference:
    """A key of two protocols: its value in the base and here (``None``: there is none), and its origin."""

    key: str
    base: Any
    value: Any
    origin: str


def values(resolved: Resolved, home: Path, hidden: frozenset[str] = frozenset()) -> list[Row]:
    """Every value of a task in the order of its keys, but for prose, rulings and ``hidden`` protocols.

    Args:
        home: folder of the spec; files below it are named relative to it.
    """
    return [
        Row(".".join(map(str, path)), value, _origin(resolved, path, home))
        for path, value in _leaves(resolved.value, ())
        if not _is_prose(path) and not (path[0] == "protocols" and path[1] in hidden)
    ]


def differences(resolved: Resolved, home: Path, protocol: str, base: str) -> list[Difference]:
    """Keys whose values differ between two protocols of a task, settings of unused solvers left out."""
    start, leaves = (_effective(resolved.value, name) for name in (base, protocol))
    return [
        Difference(
            ".".join(map(str, path)),
            start.get(path),
            leaves.get(path),
            _origin(resolved, ("protocols", protocol, *path), home) if path in leaves else "",
        )
        for path in {**leaves, **start}
        if start.get(path) != leaves.get(path)
    ]


def _effective(task: Mapping[str, Any], name: str) -> dict[Key, Any]:
    """Leaves of a protocol, with what it takes from the task, without what it never reads."""
    protocol = dict(task["protocols"][name])
    protocol.pop("extends", None)
    protocol.setdefault("image", task["image"])
    for key in ("wording", "template"):
        if key in task["prompt"]:
            protocol.setdefault(key, task["prompt"][key])
    if "probe" in protocol:
        used = {"solver", *protocol["probe"]["solver"].values()}
        protocol["probe"] = {key: item for key, item in protocol["probe"].items() if key in used}
    return dict(_leaves(protocol, ()))


def _is_prose(path: Key) -> bool:
    return path[0] in ("rulings", "description", "schema", "extends")


def _leaves(value: Any, path: Key) -> Iterator[tuple[Key, Any]]:
    if isinstance(value, Mapping) and value:
        for key, item in value.items():
            yield from _leaves(item, (*path, key))
    else:
        yield path, value


def _origin(resolved: Resolved, path: Key, home: Path) -> str:
    if any(path[:end] in resolved.defaults for end in range(1, len(path) + 1)):
        return DEFAULT
    origin = nearest(resolved.origins, path)
    file, own = origin.file, benchmarks_folder()
    if file.is_relative_to(home):
        return f"{file.relative_to(home)}:{origin.line}"
    return f"{f'{OWN}{file.relative_to(own)}' if file.is_relative_to(own) else file}:{origin.line}"
