"""Find what a provider ships: files by name, images by stem, case-blind, past the debris of unpacking."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from errno import EACCES
from pathlib import Path

from medbench.errors import DataError

__all__ = [
    "IMAGE_SUFFIXES",
    "READABLE_SUFFIXES",
    "find_path",
    "found_note",
    "index_images",
    "is_debris",
    "list_images",
    "missing_note",
    "require_path",
]

IMAGE_SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".tif", ".tiff", ".bmp"})
"""What providers' images are named."""

READABLE_SUFFIXES = IMAGE_SUFFIXES | {".dcm", ".dicom", ".gif", ".webp"}
"""What images of one's own may be named; ``decode`` goes by content alone."""

ARCHIVE = re.compile(r"(?i)\.(?:zip|rar|7z|tar|tgz|tar\.gz)(?:\.\d{3})?$")


def is_debris(name: str) -> bool:
    """Whether a file or folder was left by an operating system and is no part of the data."""
    return name.startswith("._") or name in {"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"}


def find_path(root: Path, *candidates: str, folder: bool = False) -> Path | None:
    """The first of ``candidates`` (relative, with ``/``) that is a file under ``root``, whatever its case.

    Args:
        folder: look for a folder instead. A link that leads nowhere is neither.
    """
    for candidate in candidates:
        found = _descend(root, candidate.split("/"), folder)
        if found is not None:
            return found
    return None


def _descend(place: Path, parts: list[str], folder: bool) -> Path | None:
    exact = place.joinpath(*parts)
    if _is_kind(exact, folder):
        return exact
    for part in parts:
        if not place.is_dir():
            return None
        # sorted: where two names differ in case only, every machine takes the same one
        entries = {entry.name.lower(): entry for entry in sorted(place.iterdir(), reverse=True)}
        if part.lower() not in entries:
            return None
        place = entries[part.lower()]
    return place if _is_kind(place, folder) else None


def _is_kind(path: Path, folder: bool) -> bool:
    return path.is_dir() if folder else path.is_file()


def missing_note(root: Path, *candidates: str, folder: bool = False) -> str:
    """Empty when one of ``candidates`` exists under ``root``; otherwise what was looked for."""
    if not root.is_dir():
        return f"no folder {root}"
    if find_path(root, *candidates, folder=folder) is not None:
        return ""
    return f"no {' or '.join(candidates)} under {root}{found_note(root)}"


def found_note(root: Path) -> str:
    """``; found train.zip.001, …``: what lies in ``root`` instead of what was looked for; no image is named.

    Archives are told apart, for they only have to be joined and unpacked.
    """
    names = sorted(entry.name for entry in root.iterdir() if not is_debris(entry.name))
    archives = [name for name in names if ARCHIVE.search(name)]
    if archives:
        return f"; found {_first(archives)}: join the parts of an archive, and unpack it"
    others = [name for name in names if not _is_image(name) and not name.startswith((".", "MEDBENCH"))]
    return f"; found {_first(others)}" if others else ""


def _first(names: list[str]) -> str:
    return ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")


def require_path(root: Path, *candidates: str, folder: bool = False) -> Path:
    """As ``find_path``, for what a source cannot be read without.

    Raises:
        DataError: MB601, none of them exists.
    """
    found = find_path(root, *candidates, folder=folder)
    if found is None:
        hint = "medbench data status shows where to ask"
        raise DataError("MB601", missing_note(root, *candidates, folder=folder), hint=hint)
    return found


def list_images(folder: Path) -> Iterator[Path]:
    """Image files directly in ``folder``, in the order of their names; nothing when it does not exist.

    Those of a folder unpacked into one of its own name (``train/train/``) follow. A link that leads nowhere
    is no file.

    Raises:
        PermissionError: the folder may be listed and its files may not be opened.
    """
    for place, names in _image_names(folder):
        for name in names:
            yield place / name


def _image_names(folder: Path) -> Iterator[tuple[Path, list[str]]]:
    # names as text: making half a million paths would take most of a reader's time
    place: Path | None = folder if folder.is_dir() else None
    while place is not None:
        if not os.access(place, os.X_OK):
            raise PermissionError(EACCES, os.strerror(EACCES), str(place))
        with os.scandir(place) as entries:
            found = [entry for entry in entries if not is_debris(entry.name)]
        yield place, sorted(entry.name for entry in found if _is_image(entry.name) and entry.is_file())
        same = (entry.name for entry in found if entry.name.lower() == folder.name.lower() and entry.is_dir())
        nested = min(same, default=None) if place == folder else None
        place = None if nested is None else folder / nested


def _is_image(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    return bool(stem) and f".{suffix.lower()}" in IMAGE_SUFFIXES and not is_debris(name)


def index_images(root: Path, folders: Iterable[Path | None]) -> dict[str, str]:
    """Images of several folders by lower-case stem, as paths relative to ``root`` with ``/``.

    Raises:
        DataError: MB605, two files have the same stem, so that a label could mean either.
    """
    index: dict[str, str] = {}
    # a folder can be named, and be found once more inside one of its own name
    listed = {place: names for folder in filter(None, folders) for place, names in _image_names(folder)}
    for place, names in listed.items():
        inside = place.relative_to(root).as_posix()
        for name in names:
            stem, path = name.rpartition(".")[0].lower(), name if inside == "." else f"{inside}/{name}"
            if stem in index:
                hint = "keep one of the two"
                raise DataError("MB605", f"{path} and {index[stem]} have the same name", str(root), hint)
            index[stem] = path
    return index
