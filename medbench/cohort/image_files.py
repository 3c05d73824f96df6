"""Find what a provider ships: files by name, images by stem, case-blind, past the debris of unpacking."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
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


def find_path(root: Path, *candidates: str) -> Path | None:
    """The first of ``candidates`` (relative, with ``/``) that exists under ``root``, whatever its case."""
    for candidate in candidates:
        found = _descend(root, candidate.split("/"))
        if found is not None:
            return found
    return None


def _descend(folder: Path, parts: list[str]) -> Path | None:
    exact = folder.joinpath(*parts)
    if exact.exists():
        return exact
    for part in parts:
        if not folder.is_dir():
            return None
        # sorted: where two names differ in case only, every machine takes the same one
        entries = {entry.name.lower(): entry for entry in sorted(folder.iterdir(), reverse=True)}
        if part.lower() not in entries:
            return None
        folder = entries[part.lower()]
    return folder


def missing_note(root: Path, *candidates: str) -> str:
    """Empty when one of ``candidates`` exists under ``root``; otherwise what was looked for."""
    if not root.is_dir():
        return f"no folder {root}"
    if find_path(root, *candidates) is not None:
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


def require_path(root: Path, *candidates: str) -> Path:
    """As ``find_path``, for what a source cannot be read without.

    Raises:
        DataError: MB601, none of them exists.
    """
    found = find_path(root, *candidates)
    if found is None:
        hint = "medbench data status shows where to ask"
        raise DataError("MB601", missing_note(root, *candidates), hint=hint)
    return found


def list_images(folder: Path) -> Iterator[Path]:
    """Image files directly in ``folder``, in the order of their names; nothing when it does not exist.

    A folder unpacked into one of its own name (``train/train/``) is read through.
    """
    place, names = _image_names(folder)
    for name in names:
        yield place / name


def _image_names(folder: Path) -> tuple[Path, list[str]]:
    # names as text: making half a million paths would take most of a reader's time
    if not folder.is_dir():
        return folder, []
    nested = folder / folder.name
    place = nested if nested.is_dir() else folder
    with os.scandir(place) as entries:
        return place, sorted(entry.name for entry in entries if _is_image(entry.name))


def _is_image(name: str) -> bool:
    stem, _, suffix = name.rpartition(".")
    return bool(stem) and f".{suffix.lower()}" in IMAGE_SUFFIXES and not is_debris(name)


def index_images(root: Path, folders: Iterable[Path | None]) -> dict[str, str]:
    """Images of several folders by lower-case stem, as paths relative to ``root`` with ``/``.

    Raises:
        DataError: MB605, two files have the same stem, so that a label could mean either.
    """
    index: dict[str, str] = {}
    for folder in filter(None, folders):
        place, names = _image_names(folder)
        inside = place.relative_to(root).as_posix()
        for name in names:
            stem, path = name.rpartition(".")[0].lower(), name if inside == "." else f"{inside}/{name}"
            if stem in index:
                hint = "keep one of the two"
                raise DataError("MB605", f"{path} and {index[stem]} have the same name", str(root), hint)
            index[stem] = path
    return index
