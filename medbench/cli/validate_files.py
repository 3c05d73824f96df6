"""Which files a command line means: those that it names, and the specs and records in its folders."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from medbench.errors import UsageError

__all__ = ["Files", "find_files"]

SPEC = re.compile(r"""^\{?\s*["']?schema["']?\s*:\s*["']?medbench\.""", re.MULTILINE)
"""A file that does not parse is a spec all the same."""
INNER = ("sources", "suites", "reference")
"""Folders in which a catalogue looks, beside its tasks."""


@dataclass
class Files:
    """What is checked.

    Attributes:
        files: each file once, with the folder whose sources and suites it belongs to.
        skipped: YAML files in searched folders that are no specs.
    """

    files: dict[Path, Path] = field(default_factory=dict)
    skipped: int = 0

    def add(self, file: Path) -> None:
        """Add a file, unless it is there under another way of writing its path."""
        whole = Path(os.path.normpath(file.absolute()))
        self.files.setdefault(whole, whole.parents[1 if whole.parent.name in INNER else 0])


def find_files(paths: Sequence[Path]) -> Files:
    """Files as named, and of each folder its specs and its records.

    Files that begin with ``_`` are checked by those that extend them; hidden folders are left alone.

    Raises:
        UsageError: a path does not exist, or a folder holds nothing to check (MB015).
    """
    found = Files()
    for path in paths:
        if path.is_file():
            found.add(path)
        elif path.is_dir():
            _search(path, found)
        else:
            raise UsageError("MB015", "no such file or folder", where=str(path))
    return found


def _search(folder: Path, found: Files) -> None:
    files, skipped = [*_visible(folder, "record.json"), *_visible(folder, "analyses/*.json")], 0
    for file in _visible(folder, "*.yaml", "*.yml"):
        if file.name.startswith("_"):
            continue
        if SPEC.search(file.read_text(encoding="utf-8", errors="replace").removeprefix("\ufeff")):
            files.append(file)
        else:
            skipped += 1
    if not files:
        hint = f"YAML files without schema: medbench.…: {skipped}" if skipped else ""
        raise UsageError("MB015", "holds no spec and no record", where=str(folder), hint=hint)
    for file in sorted(files):
        found.add(file)
    found.skipped += skipped


def _visible(folder: Path, *patterns: str) -> Iterator[Path]:
    for pattern in patterns:
        for file in folder.rglob(pattern):
            inner = file.relative_to(folder).parts
            if file.is_file() and not any(part.startswith(".") for part in inner):
                yield file
