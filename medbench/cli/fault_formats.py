"""Faults of specs for a person, for a program, and as annotations on GitHub."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from medbench.cli.display import print_json
from medbench.spec.faults import Fault, Origin, show

__all__ = ["print_github", "print_json_faults", "print_text_faults"]


def print_text_faults(faults: Sequence[Fault], checked: int, files: int) -> None:
    """Each fault with its line and a caret, then a count."""
    for fault in faults:
        print(show(replace(fault, origin=_near(fault.origin), via=tuple(map(_near, fault.via)))))
    print(f"{checked} files checked, {len(faults)} faults in {files} files")


def print_json_faults(faults: Sequence[Fault], checked: int, files: int) -> None:
    """``checked``, ``files`` with faults, and ``faults``, one object each."""
    rows = [
        {
            **_place(fault.origin),
            "code": fault.code,
            "message": fault.message,
            "why": fault.why,
            "hint": fault.hint,
            "via": [_place(origin) for origin in fault.via],
        }
        for fault in faults
    ]
    print_json({"checked": checked, "files": files, "faults": rows})


def print_github(faults: Sequence[Fault], checked: int, files: int) -> None:  # noqa: ARG001 - one shape for all
    """One workflow command a fault; GitHub shows it at the line."""
    for fault in faults:
        place = _near(fault.origin)
        said = "; ".join(part for part in (fault.message, fault.why, fault.hint) if part)
        where = f"file={_property(str(place.file))},line={place.line},col={place.column},title={fault.code}"
        print(f"::error {where}::{_data(said)}")


def _place(origin: Origin) -> dict[str, str | int]:
    near = _near(origin)
    return {"file": str(near.file), "line": near.line, "column": near.column}


def _near(origin: Origin) -> Origin:
    """The same place, named from the working folder where it is below it."""
    file, here = origin.file.absolute(), Path.cwd()
    return replace(origin, file=file.relative_to(here)) if file.is_relative_to(here) else origin


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
