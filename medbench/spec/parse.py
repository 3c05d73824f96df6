"""YAML 1.2 with positions: duplicate keys refused, no timestamps, ``no`` stays text."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from medbench.errors import SpecError
from medbench.spec.faults import Fault, Origin, raise_faults

__all__ = ["Document", "Key", "parse_file"]

Key = tuple[str | int, ...]


@dataclass(frozen=True)
class Document:
    """One parsed file.

    Attributes:
        file: where it was read.
        value: plain dicts, lists, texts, numbers, booleans and ``None``.
        origins: position of every key and item, by its path from the root.
    """

    file: Path
    value: dict[str, Any]
    origins: dict[Key, Origin]


def parse_file(file: Path) -> Document:
    """Read one YAML file.

    Raises:
        SpecError: it does not exist (MB101), is not UTF-8 (MB102), is not YAML (MB103), repeats a key (MB104)
            or does not hold a mapping (MB105).
    """
    try:
        text = file.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise SpecError("MB101", "no such file", where=str(file)) from None
    except IsADirectoryError:
        raise SpecError("MB101", "is a folder, not a spec file", where=str(file)) from None
    except UnicodeDecodeError as fault:
        raise SpecError("MB102", f"not UTF-8 text: {fault.reason} at byte {fault.start}", str(file)) from None
    try:
        loaded = _yaml().load(text)
    except YAMLError as fault:
        raise_faults([_yaml_fault(file, fault)])
    if not isinstance(loaded, CommentedMap):
        raise_faults([Fault(Origin(file, 1, 1), "MB105", "a spec is a mapping of keys to values")])
    origins: dict[Key, Origin] = {(): Origin(file, 1, 1)}
    return Document(file, _plain(loaded, (), file, origins), origins)


def _yaml() -> YAML:
    yaml = YAML(typ="rt", pure=True)
    yaml.version = "1.2"
    # a date such as 2005-10-13 is a case id here, so it stays text
    yaml.constructor.add_constructor(
        "tag:yaml.org,2002:timestamp", lambda constructor, node: constructor.construct_scalar(node)
    )
    return yaml


def _yaml_fault(file: Path, fault: YAMLError) -> Fault:
    mark = getattr(fault, "problem_mark", None)
    origin = Origin(file, mark.line + 1, mark.column + 1) if mark else Origin(file, 1, 1)
    problem = (fault.problem if isinstance(fault, MarkedYAMLError) else str(fault)) or str(fault)
    first = problem.strip().splitlines()[0]
    return Fault(origin, "MB104" if "duplicate key" in problem else "MB103", first)


def _plain(node: Any, path: Key, file: Path, origins: dict[Key, Origin]) -> Any:
    if isinstance(node, CommentedMap):
        for key in node:
            line, column = node.lc.key(key)
            origins[(*path, key)] = Origin(file, line + 1, column + 1)
        return {str(key): _plain(value, (*path, key), file, origins) for key, value in node.items()}
    if isinstance(node, CommentedSeq):
        for index in range(len(node)):
            line, column = node.lc.item(index)
            origins[(*path, index)] = Origin(file, line + 1, column + 1)
        return [_plain(value, (*path, i), file, origins) for i, value in enumerate(node)]
    if isinstance(node, bool) or node is None:
        return node
    if isinstance(node, int):
        return int(node)
    if isinstance(node, float):
        return float(node)
    return str(node)
