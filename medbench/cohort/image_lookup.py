"""Find the image that a table names: case-blind, with or without its extension."""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from medbench.cohort.dicom import is_dicom_file
from medbench.cohort.image_files import READABLE_SUFFIXES
from medbench.cohort.own_paths import is_image
from medbench.errors import DataError

__all__ = ["ImageLookup"]

Names = dict[str, list[str]]


@dataclass(frozen=True)
class _Listing:
    """One folder: its folders and files by lower-case name, its images by that without its extension."""

    folders: Names = field(default_factory=lambda: defaultdict(list))
    files: Names = field(default_factory=lambda: defaultdict(list))
    stems: Names = field(default_factory=lambda: defaultdict(list))


class ImageLookup:
    """Images under one folder; each folder is listed once, however many rows name a file in it."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._listings: dict[str, _Listing] = {}

    def find(self, path: str, where: str) -> str | None:
        """The path of an image as it is written on disk, relative to the root; ``None`` when it is not there.

        Args:
            path: relative, with ``/``, normalised.
            where: what names it, for errors.

        Raises:
            DataError: MB605, two files are meant; MB637, the file is there and is no image.
        """
        *folders, name = path.split("/")
        place = ""
        for folder in folders:
            known = self._listing(place).folders.get(folder.lower(), [])
            if not known:
                return None
            place += (folder if folder in known else known[0]) + "/"
        found = self._pick(place, name, where)
        return None if found is None else place + found

    def _pick(self, place: str, name: str, where: str) -> str | None:
        listing = self._listing(place)
        files = listing.files.get(name.lower(), [])
        found = [name] if name in files else files or listing.stems.get(name.lower(), [])
        if len(found) > 1:
            hint = "name the file with its extension, as it is written"
            raise DataError("MB605", f"{name!r} can be {' or '.join(sorted(found))}", where, hint)
        # DICOM files often have no extension, or the end of a UID for one
        if found and not is_image(found[0]) and not is_dicom_file(self._root / place / found[0]):
            hint = f"medbench reads {', '.join(sorted(READABLE_SUFFIXES))}"
            raise DataError("MB637", f"{found[0]!r} is no image that can be read", where, hint)
        return found[0] if found else None

    def _listing(self, place: str) -> _Listing:
        if place not in self._listings:
            self._listings[place] = self._list(self._root / place)
        return self._listings[place]

    def _list(self, folder: Path) -> _Listing:
        listing = _Listing()
        if not folder.is_dir():
            return listing
        with os.scandir(folder) as entries:
            # neither folder nor file: a link that leads nowhere, which is as good as missing
            found = sorted((e.name, e.is_dir()) for e in entries if e.is_dir() or e.is_file())
        for name, is_folder in found:
            (listing.folders if is_folder else listing.files)[name.lower()].append(name)
            if not is_folder and is_image(name):
                listing.stems[Path(name).stem.lower()].append(name)
        return listing
