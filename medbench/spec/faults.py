"""Faults in a spec, each with file, line, column and a stable code; shown together, sorted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from medbench.errors import SpecError

__all__ = ["Fault", "Origin", "nearest", "raise_faults", "show"]


@dataclass(frozen=True, order=True)
class Origin:
    """Where a value was written; ``line`` and ``column`` count from 1."""

    file: Path
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, order=True)
class Fault:
    """One fault. Codes: MB1xx parse, MB2xx schema, MB3xx references, MB4xx meaning.

    Attributes:
        message: what is wrong.
        hint: what was probably meant.
        why: what the key is for, or why the rule is there.
        via: the ``extends`` keys that led to the file, from the outermost on; empty for the file itself.
    """

    origin: Origin
    code: str
    message: str
    hint: str = ""
    why: str = ""
    via: tuple[Origin, ...] = ()

    @property
    def said(self) -> str:
        """What, why and what was meant, in one line."""
        return "; ".join(part for part in (self.message, self.why, self.hint) if part)


def nearest(origins: Mapping[tuple[str | int, ...], Origin], path: tuple[str | int, ...]) -> Origin:
    """Where the value at ``path`` was written, or the nearest value around it that was."""
    while path and path not in origins:
        path = path[:-1]
    return origins[path]


def show(fault: Fault) -> str:
    """``file:line:col CODE what; why; did you mean``, the source line with a caret, the ``extends`` chain."""
    lines = [f"{fault.origin} {fault.code} {fault.said}"]
    try:
        line = fault.origin.file.read_text(encoding="utf-8-sig").split("\n")[fault.origin.line - 1]
        lines += [f"    {line.rstrip()}", f"    {' ' * (fault.origin.column - 1)}^"]
    except (OSError, IndexError, UnicodeDecodeError):
        pass
    return "\n".join([*lines, *(f"    extended by {origin}" for origin in reversed(fault.via))])


def raise_faults(faults: Iterable[Fault], chain: Mapping[Path, Origin] | None = None) -> None:
    """Raise one ``SpecError`` that shows every fault, sorted by place, or nothing when there is none.

    Args:
        chain: for each extended file, the key that named it.
    """
    ordered = sorted({replace(fault, via=_via(fault.origin.file, chain or {})) for fault in faults})
    if not ordered:
        return
    first = ordered[0]
    rest = "\n".join(show(fault) for fault in ordered[1:])
    head = show(first).removeprefix(f"{first.origin} {first.code} ")
    message = head + ("\n" + rest if rest else "")
    raise SpecError(first.code, message, where=str(first.origin), details=tuple(ordered))


def _via(file: Path, chain: Mapping[Path, Origin]) -> tuple[Origin, ...]:
    via: list[Origin] = []
    while file in chain and chain[file] not in via:
        via.insert(0, chain[file])
        file = chain[file].file
    return tuple(via)
