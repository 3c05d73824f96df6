"""The mark of a sample: what was written there, so that nothing else is ever deleted with it."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import is_debris
from medbench.cohort.source import SAMPLE_MARK
from medbench.errors import DataError

__all__ = ["NOTE", "refuse_other_files", "write_mark"]

NOTE = "Drawn by medbench to test the harness; no patient's data. Scores say nothing about medicine."

DIGITS = 16
"""Hexadecimal digits of a file's SHA-256 that the mark holds: against changes, not against forgers."""


def write_mark(folder: Path, source: str) -> None:
    """Mark a folder as a sample and list its files with their digests."""
    files = {place: _digest(folder / place) for place in _files(folder)}
    mark = {"schema": "medbench.sample/1", "source": source, "note": NOTE, "files": files}
    (folder / SAMPLE_MARK).write_text(json.dumps(mark, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def refuse_other_files(folder: Path) -> None:
    """Refuse a folder that holds anything but an unchanged sample; files of it that are gone do not matter.

    Raises:
        DataError: MB621, with the number of files that medbench did not write or that were changed.
    """
    if not os.path.lexists(folder):
        return
    written = _written(folder)
    if written is None:
        hint = "choose another --root; a folder without the mark of a sample is never overwritten"
        raise DataError("MB621", "is there and is not a sample", where=str(folder), hint=hint)
    others = [place for place in _files(folder) if not _is_written(folder, place, written)]
    if others:
        what = f"is a sample in which {len(others)} files are not as medbench wrote them"
        hint = "choose another --root, or remove the folder yourself: it may hold work of yours"
        raise DataError("MB621", what, where=str(folder), hint=hint)


def _written(folder: Path) -> dict[str, Any] | None:
    """Digests by file; ``None`` for a folder that is no sample, empty for a mark that does not list them."""
    # a link may lead to real data
    if folder.is_symlink() or not (folder / SAMPLE_MARK).is_file():
        return None
    try:
        found = json.loads((folder / SAMPLE_MARK).read_text(encoding="utf-8"))["files"]
    except (ValueError, KeyError, TypeError):
        return {}
    return found if isinstance(found, dict) else {}


def _is_written(folder: Path, place: str, written: dict[str, Any]) -> bool:
    file = folder / place
    return not file.is_symlink() and written.get(place) == _digest(file)


def _files(folder: Path) -> list[str]:
    """Files and links, relative to the sample with ``/``, but for what an operating system leaves."""
    found: list[str] = []
    for place, below, names in os.walk(folder):
        links = [name for name in below if Path(place, name).is_symlink()]
        for name in (*names, *links):
            if name != SAMPLE_MARK and not is_debris(name):
                found.append(Path(place, name).relative_to(folder).as_posix())
    return sorted(found)


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()[:DIGITS]
