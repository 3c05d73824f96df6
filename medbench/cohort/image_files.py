"""Find what a provider ships: files by name, images by stem, case-blind, past the debris of unpacking."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

from medbench.errors import DataError

__all__ = [
    "IMAGE_SUFFIXES",
    "READABLE_SUFFIXES",
    "find_path",
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
    return f"no {' or '.join(candidates)} under {root}"


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
    if not folder.is_dir():
        return
    nested = folder / folder.name
    with os.scandir(nested if nested.is_dir() else folder) as entries:
        found = sorted(entry.path for entry in entries if _is_image(entry.name))
    yield from map(Path, found)


def _is_image(name: str) -> bool:
    return Path(name).suffix.lower() in IMAGE_SUFFIXES and not is_debris(name)


def index_images(root: Path, folders: Iterable[Path | None]) -> dict[str, str]:
    """Images of several folders by lower-case stem, as paths relative to ``root`` with ``/``.

    Raises:
        DataError: MB605, two files have the same stem, so that a label could mean either.
    """
    index: dict[str, str] = {}
    for folder in folders:
        for file in list_images(folder) if folder is not None else ():
            stem, path = file.stem.lower(), file.relative_to(root).as_posix()
            if stem in index:
                hint = "keep one of the two"
                raise DataError("MB605", f"{path} and {index[stem]} have the same name", str(root), hint)
            index[stem] = path
    return index
