"""``extends``: a file completed by another file, a protocol by another protocol of its spec."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin, nearest, raise_faults
from medbench.spec.home import benchmarks_folder
from medbench.spec.parse import Document, Key, parse_file
from medbench.spec.references import is_file

__all__ = ["OWN", "Resolved", "resolve_file"]

OWN = "medbench:"
"""Before the name of a file to extend: it is one of medbench's own specs."""


@dataclass(frozen=True)
class Resolved:
    """A spec after ``extends``.

    Attributes:
        value: plain values.
        origins: where each was written; a value that a protocol takes from another has that one's place.
        chain: for each file that was extended, the key that named it.
        defaults: paths of the values that nobody wrote.
    """

    value: dict[str, Any]
    origins: dict[Key, Origin]
    chain: dict[Path, Origin] = field(default_factory=dict)
    defaults: frozenset[Key] = frozenset()


def resolve_file(file: Path) -> Resolved:
    """Parse ``file`` and complete it by what it extends; nearer values win, lists are replaced whole.

    Raises:
        SpecError: a file in the chain does not parse (MB1xx), is missing (MB301) or extends itself (MB302); a
            protocol extends one that does not exist (MB308) or itself (MB302).
    """
    documents, chain = _documents(file)
    value: dict[str, Any] = {}
    origins: dict[Key, Origin] = {}
    for document in reversed(documents):
        _merge(value, document.value, origins, document.origins, ())
    _extend_protocols(value, origins, chain)
    return Resolved(value, origins, chain)


def _documents(file: Path) -> tuple[list[Document], dict[Path, Origin]]:
    documents, chain = [parse_file(file)], dict[Path, Origin]()
    while (parent := _parent(documents[-1], chain)) is not None:
        where = documents[-1].origins[("extends",)]
        if any(document.file.resolve() == parent.resolve() for document in documents):
            raise_faults([Fault(where, "MB302", f"{parent.name} extends itself")], chain)
        chain[parent] = where
        documents.append(parse_file(parent))
    return documents, chain


def _parent(document: Document, chain: Mapping[Path, Origin]) -> Path | None:
    name = document.value.get("extends")
    if not isinstance(name, str) or not name:
        return None
    own = name.startswith(OWN)
    parent = benchmarks_folder() / name.removeprefix(OWN) if own else document.file.parent / name
    if not is_file(parent):
        beside = parent.parent.glob("*.yaml") if is_folder(parent.parent) else ()
        known = [path.name for path in beside if path.resolve() != document.file.resolve()]
        shipped = [f"{OWN}{path.name}" for path in benchmarks_folder().glob("_*.yaml")]
        here = f"{OWN}{name}" if f"{OWN}{name}" in shipped else ""
        hint = f"did you mean {here!r}?" if here else did_you_mean(name, [*([] if own else known), *shipped])
        where = document.origins[("extends",)]
        raise_faults([Fault(where, "MB301", f"extends {name!r}, which does not exist", hint)], chain)
    return parent


def is_folder(path: Path) -> bool:
    """``Path.is_dir`` for a name that a person typed, which need not be one that the system can hold."""
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _merge(
    into: dict[str, Any],
    update: dict[str, Any],
    origins: dict[Key, Origin],
    new: Mapping[Key, Origin],
    path: Key,
) -> None:
    if path in new:
        origins[path] = new[path]
    for key, value in update.items():
        here: Key = (*path, key)
        if isinstance(value, dict) and isinstance(into.get(key), dict):
            _merge(into[key], value, origins, new, here)
            continue
        for old in [p for p in origins if p[: len(here)] == here]:
            del origins[old]
        into[key] = copy.deepcopy(value)
        origins.update({p: origin for p, origin in new.items() if p[: len(here)] == here})


def _extend_protocols(
    value: dict[str, Any], origins: dict[Key, Origin], chain: Mapping[Path, Origin]
) -> None:
    protocols = value.get("protocols")
    if not isinstance(protocols, dict):
        return
    own = copy.deepcopy(protocols)
    places = {name: _below(origins, ("protocols", name)) for name in protocols}
    for name in protocols:
        line = _line(name, own, origins, chain)
        if len(line) == 1:
            continue
        whole: dict[str, Any] = {}
        found: dict[Key, Origin] = {}
        for ancestor in reversed(line):
            _merge(whole, own[ancestor], found, places[ancestor], ())
        protocols[name] = whole
        origins.update({("protocols", name, *path): origin for path, origin in found.items()})


def _below(origins: Mapping[Key, Origin], place: Key) -> dict[Key, Origin]:
    return {path[len(place) :]: where for path, where in origins.items() if path[: len(place)] == place}


def _line(
    name: str, protocols: Mapping[str, Any], origins: Mapping[Key, Origin], chain: Mapping[Path, Origin]
) -> list[str]:
    """The protocol, what it extends, what that extends, and so on."""
    line = [name]
    while isinstance(protocols[line[-1]], dict):
        parent = protocols[line[-1]].get("extends")
        if not isinstance(parent, str):
            break
        where = nearest(origins, ("protocols", line[-1], "extends"))
        if not isinstance(protocols.get(parent), dict):
            others = [known for known in protocols if known != line[-1]]
            fault = Fault(where, "MB308", f"no protocol {parent!r} to extend", did_you_mean(parent, others))
            raise_faults([fault], chain)
        if parent in line:
            raise_faults([Fault(where, "MB302", f"protocol {parent!r} extends itself")], chain)
        line.append(parent)
    return line
