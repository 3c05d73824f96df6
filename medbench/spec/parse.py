"""YAML with positions: duplicate keys refused, no timestamps, ``no`` stays text."""

from __future__ import annotations

import copy
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from medbench.errors import SpecError
from medbench.spec.faults import Fault, Origin, raise_faults
from medbench.spec.strict_yaml import strict_yaml

__all__ = ["NOTE", "Document", "Key", "parse_file", "read_text"]

Key = tuple[str | int, ...]
NOTE = "x-"
"""How a key begins that is a note of the author's."""


@dataclass(frozen=True)
class Document:
    """One parsed file.

    Attributes:
        file: where it was read.
        value: plain dicts, lists, texts, finite numbers, booleans and ``None``, without notes.
        origins: position of every key and item, by its path from the root.
    """

    file: Path
    value: dict[str, Any]
    origins: dict[Key, Origin]


def parse_file(file: Path) -> Document:
    """Read one YAML file.

    Raises:
        SpecError: it does not exist or cannot be read (MB101), is not UTF-8 (MB102), is not YAML (MB103),
            repeats a key (MB104), does not hold a mapping (MB105), or holds a key that is not text or a value
            that JSON could not (MB106).
    """
    document = _parse(file, read_text(file))
    # the callers complete what they get
    return Document(file, copy.deepcopy(document.value), dict(document.origins))


@lru_cache(maxsize=256)
def _parse(file: Path, text: str) -> Document:
    """Parse a text once: many specs extend the same few files, and one command asks for a task repeatedly."""
    try:
        loaded = strict_yaml().load(text)
    except YAMLError as fault:
        raise_faults([_yaml_fault(file, fault, text)])
    except ValueError as fault:
        raise SpecError("MB103", f"not YAML: {fault}", where=str(file)) from None
    if not isinstance(loaded, CommentedMap):
        raise_faults([Fault(Origin(file, 1, 1), "MB105", "a spec is a mapping of keys to values")])
    plain = _Plain(file)
    value = plain.take(loaded, ())
    raise_faults(plain.faults)
    return Document(file, value, plain.origins)


def read_text(file: Path) -> str:
    """The text of a file.

    Raises:
        SpecError: it does not exist or cannot be read (MB101), or is not UTF-8 (MB102).
    """
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        raise SpecError("MB101", "no such file", where=str(file)) from None
    except IsADirectoryError:
        raise SpecError("MB101", "is a folder, not a spec file", where=str(file)) from None
    except UnicodeDecodeError as fault:
        raise SpecError("MB102", f"not UTF-8 text: {fault.reason} at byte {fault.start}", str(file)) from None
    except (OSError, ValueError) as fault:
        reason = getattr(fault, "strerror", None) or fault
        raise SpecError("MB101", f"cannot be read: {reason}", where=str(file)) from None


def _yaml_fault(file: Path, fault: YAMLError, text: str) -> Fault:
    mark = getattr(fault, "problem_mark", None)
    if mark is not None:
        origin = Origin(file, mark.line + 1, mark.column + 1)
    elif isinstance(fault, ReaderError):
        before = text[: fault.position].split("\n")
        origin = Origin(file, len(before), len(before[-1]) + 1)
    else:
        origin = Origin(file, 1, 1)
    problem = (fault.problem if isinstance(fault, MarkedYAMLError) else str(fault)) or str(fault)
    first = problem.strip().splitlines()[0]
    return Fault(origin, "MB104" if "duplicate key" in problem else "MB103", first)


class _Plain:
    """Plain values of a document, with the position and the faults of each."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.origins: dict[Key, Origin] = {(): Origin(file, 1, 1)}
        self.faults: list[Fault] = []

    def take(self, node: Any, path: Key) -> Any:
        """The value of a node; its children's positions are noted."""
        if isinstance(node, CommentedMap):
            return self._mapping(node, path)
        if isinstance(node, CommentedSeq):
            for index in range(len(node)):
                self._note((*path, index), node.lc.item(index))
            return [self.take(value, (*path, i)) for i, value in enumerate(node)]
        if isinstance(node, bool) or node is None:
            return node
        if isinstance(node, int):
            return int(node)
        if isinstance(node, float):
            return float(node) if math.isfinite(node) else self._refuse(path, f"{node} is not a number")
        text = str(node)
        return text if _is_unicode(text) else self._refuse(path, "half a character")

    def _mapping(self, node: CommentedMap, path: Key) -> dict[str, Any]:
        value: dict[str, Any] = {}
        for key in node:
            if key not in node.lc.data:  # what a merge brought
                self._refuse(path, "merges (<<) are not taken; share values by extends")
                continue
            here: Key = (*path, key if isinstance(key, str) else str(key))
            self._note(here, node.lc.key(key))
            if not isinstance(key, str) or not _is_unicode(key):
                self._refuse(here, f"key {key!r} is not text; put it in quotes")
                continue
            taken = self.take(node[key], here)
            # a note is nobody's to read, wherever it stands
            if not key.startswith(NOTE):
                value[str(key)] = taken
        return value

    def _note(self, path: Key, place: tuple[int, int]) -> None:
        self.origins[path] = Origin(self.file, place[0] + 1, place[1] + 1)

    def _refuse(self, path: Key, message: str) -> None:
        self.faults.append(Fault(self.origins[path], "MB106", message))


def _is_unicode(text: str) -> bool:
    return not any("\ud800" <= character <= "\udfff" for character in text)
