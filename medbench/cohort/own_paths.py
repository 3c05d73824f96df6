"""Files of a data set of one's own: paths that stay inside its folder, and its images."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator
from pathlib import Path, PureWindowsPath

from medbench.cohort.image_files import READABLE_SUFFIXES, is_debris
from medbench.errors import DataError
from medbench.spec import LocalSource

__all__ = ["image_folder", "inside", "is_hidden", "is_image", "may_be_image", "walk_files"]


def inside(name: str, where: str, folder: str = ".") -> str:
    """``name`` under ``folder``, as a path relative to the source's folder, with ``/``.

    Raises:
        DataError: MB633, it leads out of the source's folder.
    """
    relative = name.replace("\\", "/")
    path = posixpath.normpath(f"{folder}/{relative}")
    if relative.startswith("/") or PureWindowsPath(name).drive or path == ".." or path.startswith("../"):
        hint = "name files relative to the source's folder; medbench data status shows that folder"
        raise DataError("MB633", f"{name!r} leads out of the source's folder", where, hint)
    return path


def image_folder(source: LocalSource) -> str:
    """The folder with the images of a data set of one's own, relative to the source's folder."""
    return inside(source.settings["folder"], f"{source.id}: folder")


def is_hidden(name: str) -> bool:
    """Whether a file or folder is no part of the data: hidden, or left by an operating system."""
    return name.startswith(".") or is_debris(name)


def is_image(name: str) -> bool:
    """Whether medbench reads this file as an image, by its name."""
    return Path(name).suffix.lower() in READABLE_SUFFIXES and not is_hidden(name)


def may_be_image(name: str) -> bool:
    """Whether it is one by its name, or a DICOM file may be named so: without extension, or as a UID."""
    ending = Path(name).suffix[1:]
    return is_image(name) or ((not ending or ending.isdigit()) and not is_hidden(name))


def walk_files(root: Path) -> Iterator[tuple[str, ...]]:
    """Every file below ``root`` that is not hidden, as the parts of its path, in order; links count."""
    yield from _walk(root, (), frozenset())


def _walk(folder: Path, place: tuple[str, ...], above: frozenset[str]) -> Iterator[tuple[str, ...]]:
    real = os.path.realpath(folder)
    # a link to a folder above would lead round for ever
    if real in above or not folder.is_dir():
        return
    with os.scandir(folder) as entries:
        found = sorted((entry.name, entry.is_dir()) for entry in entries if not is_hidden(entry.name))
    for name, is_folder in found:
        if is_folder:
            yield from _walk(folder / name, (*place, name), above | {real})
        else:
            yield (*place, name)
