"""TOML with positions, as ``parse`` reads YAML."""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medbench.spec.faults import Fault, Origin, nearest, raise_faults
from medbench.spec.parse import NOTE, Document, Key, read_text
from medbench.spec.toml_origins import toml_origins

__all__ = ["parse_toml"]

DEEPEST = 8


def parse_toml(file: Path) -> Document:
    """Read one TOML file.

    Raises:
        SpecError: it does not exist or cannot be read (MB101), is not UTF-8 (MB102), is not TOML (MB103),
            repeats a key (MB104), or holds a value that JSON could not (MB106).
    """
    text = read_text(file)
    try:
        value = tomllib.loads(text)
    except RecursionError:
        raise_faults([Fault(Origin(file, 1, 1), "MB103", "nested too deep")])
    except ValueError as fault:
        raise_faults([_toml_fault(file, str(fault), text)])
    origins = toml_origins(file, text)
    raise_faults(_strange(value, origins, ()))
    return Document(file, _without_notes(value), origins)


def _without_notes(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_notes(item) for key, item in value.items() if not key.startswith(NOTE)}
    return [_without_notes(item) for item in value] if isinstance(value, list) else value


def _toml_fault(file: Path, said: str, text: str) -> Fault:
    message, _, place = said.partition(" (at ")
    found = re.search(r"line (\d+), column (\d+)", place)
    lines = text.rstrip().split("\n")
    line, column = map(int, found.groups()) if found else (len(lines), len(lines[-1]) + 1)
    twice = message.startswith(("Cannot overwrite", "Cannot declare", "Duplicate"))
    return Fault(Origin(file, line, column), "MB104" if twice else "MB103", message)


def _strange(value: Any, origins: Mapping[Key, Origin], path: Key) -> Iterator[Fault]:
    """Values that TOML has and JSON has not."""
    if isinstance(value, dict | list):
        if len(path) > DEEPEST:
            yield Fault(nearest(origins, path), "MB103", "nested too deep")
            return
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from _strange(item, origins, (*path, key))
    elif isinstance(value, int):
        if not -(2**63) <= value < 2**63:
            yield Fault(nearest(origins, path), "MB106", "a whole number of more than 64 bits")
    elif isinstance(value, float):
        if not math.isfinite(value):
            yield Fault(nearest(origins, path), "MB106", f"{value} is not a number")
    elif not isinstance(value, str):
        yield Fault(nearest(origins, path), "MB106", "dates and times are not taken; put it in quotes")
