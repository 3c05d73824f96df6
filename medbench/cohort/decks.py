"""PowerPoint files (Office Open XML, ECMA-376) as far as medbench needs them: text and pictures of slides.

A deck is a file of unknown origin: no document type declarations, no unbounded expansion, nothing unpacked to
disk.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

from medbench.errors import DataError

__all__ = ["Slide", "picture", "pictures", "slides"]

# zipfile lets through what it runs into
DAMAGE = (
    zipfile.BadZipFile, zlib.error, struct.error, EOFError, KeyError, NotImplementedError, OSError,
    RuntimeError, ValueError,
)  # fmt: skip
LIMIT = 100_000_000
"""Bytes of one unpacked part; a small archive can hold a part that fills the memory."""

DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
SLIDES = "{http://schemas.openxmlformats.org/presentationml/2006/main}sldId"


@dataclass(frozen=True)
class Slide:
    """One slide: its paragraphs and its pictures (names of parts), both in the order of the document."""

    paragraphs: tuple[str, ...]
    pictures: tuple[str, ...]


def slides(path: Path) -> list[Slide]:
    """Slides in the order in which they are shown.

    Raises:
        DataError: MB664, no deck that can be read safely.
    """
    with _open(path) as archive:
        names = _targets(archive, "ppt/presentation.xml", path)
        shown = _xml(archive, "ppt/presentation.xml", path).iter(SLIDES)
        parts = [names.get(entry.get(f"{OFFICE}id", ""), "") for entry in shown]
        return [_slide(archive, part, path) for part in parts if part]


def pictures(path: Path) -> list[str]:
    """Names of all pictures in a deck, sorted: an image's number is its place here. Raises as ``slides``."""
    with _open(path) as archive:
        return _media(archive)


def picture(path: Path, number: int) -> bytes:
    """The picture with this place in ``pictures``, as the bytes of an image file.

    Raises:
        DataError: MB664, no deck, or no such picture in it.
    """
    with _open(path) as archive:
        names = _media(archive)
        if not 0 <= number < len(names):
            raise DataError("MB664", f"no picture {number} among {len(names)}", str(path))
        return _part(archive, names[number], path)


def _media(archive: zipfile.ZipFile) -> list[str]:
    return sorted(name for name in archive.namelist() if name.startswith("ppt/media/"))


@contextmanager
def _open(path: Path) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path) as archive:
            yield archive
    except (FileNotFoundError, PermissionError):
        raise
    except DAMAGE as error:
        raise DataError("MB664", f"not a readable deck ({error})", str(path)) from error


def _part(archive: zipfile.ZipFile, name: str, path: Path) -> bytes:
    with archive.open(name) as stream:
        data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise DataError("MB664", f"a part of more than {LIMIT:,} bytes is refused", str(path))
    return data


def _xml(archive: zipfile.ZipFile, name: str, path: Path) -> ElementTree.Element:
    data = _part(archive, name, path)
    # entities are declared in a document type, which Office never writes; in UTF-16 it would not be seen here
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data or b"\x00" in data:
        raise DataError("MB664", "a document type declaration is refused", str(path))
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise DataError("MB664", f"not a readable deck ({error})", str(path)) from error


def _targets(archive: zipfile.ZipFile, part: str, path: Path) -> dict[str, str]:
    folder, name = posixpath.split(part)
    relations = f"{folder}/_rels/{name}.rels"
    if relations not in archive.namelist():
        return {}
    found = {}
    for entry in _xml(archive, relations, path):
        if entry.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/" + folder, entry.get("Target", ""))).lstrip("/")
            found[entry.get("Id", "")] = target
    return found


def _slide(archive: zipfile.ZipFile, part: str, path: Path) -> Slide:
    root, names = _xml(archive, part, path), _targets(archive, part, path)
    texts = ("".join(run.text or "" for run in p.iter(f"{DRAWING}t")) for p in root.iter(f"{DRAWING}p"))
    links = [names.get(blip.get(f"{OFFICE}embed", ""), "") for blip in root.iter(f"{DRAWING}blip")]
    return Slide(tuple(text.strip() for text in texts if text.strip()), tuple(filter(None, links)))
