"""Faults in a spec, each with file, line, column and a stable code; shown together, sorted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from medbench.errors import SpecError

__all__ = ["Fault", "Origin", "raise_faults", "show"]


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
    """One fault. Codes: MB1xx parse, MB2xx schema, MB3xx references, MB4xx meaning."""

    origin: Origin
    code: str
    message: str
    hint: str = ""


def show(fault: Fault) -> str:
    """``file:line:col CODE message; hint`` with the source line and a caret below."""
    hint = f"; {fault.hint}" if fault.hint else ""
    head = f"{fault.origin} {fault.code} {fault.message}{hint}"
    try:
        line = fault.origin.file.read_text(encoding="utf-8-sig").split("\n")[fault.origin.line - 1]
    except (OSError, IndexError, UnicodeDecodeError):
        return head
    return f"{head}\n    {line.rstrip()}\n    {' ' * (fault.origin.column - 1)}^"


def raise_faults(faults: Iterable[Fault]) -> None:
    """Raise one ``SpecError`` that shows every fault, or nothing when there is none."""
    ordered = sorted(set(faults))
    if not ordered:
        return
    first = ordered[0]
    rest = "\n".join(show(fault) for fault in ordered[1:])
    head = show(first).removeprefix(f"{first.origin} {first.code} ")
    raise SpecError(first.code, head + ("\n" + rest if rest else ""), where=str(first.origin))
