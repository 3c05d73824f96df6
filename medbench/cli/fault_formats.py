"""Faults for people, for programs and as annotations on GitHub."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medbench.cli.validate_check import WHOLE_FILE
from medbench.spec.faults import Fault, Origin, show

__all__ = ["Checked", "show_checked"]


@dataclass(frozen=True)
class Checked:
    """What came out; paths inside the working folder are relative to it."""

    files: int
    skipped: int
    faults: tuple[Fault, ...]
    notes: tuple[str, ...] = ()

    @classmethod
    def of(cls, files: int, skipped: int, faults: Iterable[Fault], notes: Iterable[str] = ()) -> Checked:
        """Sorted by place; a fault in a file that several others extend or refer to is one."""
        found: dict[tuple[Origin, str, str], Fault] = {}
        for fault in sorted(map(_from_here, faults)):
            known = found.setdefault((fault.origin, fault.code, fault.message), fault)
            if fault.via and not known.via:
                found[fault.origin, fault.code, fault.message] = fault
        return cls(files, skipped, tuple(found.values()), tuple(notes))

    @property
    def summary(self) -> str:
        """One line with the counts."""
        wrong = {fault.origin.file for fault in self.faults}
        checked = f"{_count(self.files, 'file')} checked"
        said = f"{checked}, {_count(len(self.faults), 'fault')}"
        if wrong:
            said += f" in {_count(len(wrong), 'file')}"
        return f"{said}; {_count(self.skipped, 'other YAML file')} skipped" if self.skipped else said


def show_checked(checked: Checked, form: str) -> None:
    """Print as ``text``, ``json`` or ``github``."""
    if form == "json":
        from medbench.cli.display import print_json

        faults = [_as_json(fault) for fault in checked.faults]
        counts = {"checked": checked.files, "skipped": checked.skipped}
        print_json({**counts, "faults": faults, "notes": list(checked.notes)})
        return
    for fault in checked.faults:
        print(_as_annotation(fault) if form == "github" else _as_text(fault))
    for note in checked.notes:
        print(note)
    print(checked.summary)


def _as_text(fault: Fault) -> str:
    if fault.origin.line == WHOLE_FILE:
        hint = f"\n  {fault.hint}" if fault.hint else ""
        return f"{fault.origin.file}: {fault.code} {fault.message}{hint}"
    return show(fault)


def _as_json(fault: Fault) -> dict[str, Any]:
    said = {key: getattr(fault, key) for key in ("code", "message", "why", "hint")}
    return {**_place(fault.origin), **said, "via": [_place(origin) for origin in fault.via]}


def _place(origin: Origin) -> dict[str, Any]:
    return {
        "file": str(origin.file),
        "line": origin.line if origin.line != WHOLE_FILE else None,
        "column": origin.column if origin.line != WHOLE_FILE else None,
    }


def _as_annotation(fault: Fault) -> str:
    """A workflow command: https://docs.github.com/actions/reference/workflow-commands-for-github-actions."""
    place = {"file": str(fault.origin.file)}
    if fault.origin.line != WHOLE_FILE:
        place |= {"line": str(fault.origin.line), "col": str(fault.origin.column)}
    properties = ",".join(f"{key}={_property(text)}" for key, text in {**place, "title": fault.code}.items())
    lines = [fault.said, *(f"extended by {origin}" for origin in reversed(fault.via))]
    return f"::error {properties}::{_data(chr(10).join(lines))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def _from_here(fault: Fault) -> Fault:
    via = tuple(replace(origin, file=_relative(origin.file)) for origin in fault.via)
    return replace(fault, origin=replace(fault.origin, file=_relative(fault.origin.file)), via=via)


def _relative(file: Path) -> Path:
    whole, here = Path(os.path.normpath(file.absolute())), Path.cwd()
    return whole.relative_to(here) if whole.is_relative_to(here) else whole


def _count(number: int, what: str) -> str:
    return f"{number} {what}{'' if number == 1 else 's'}"
