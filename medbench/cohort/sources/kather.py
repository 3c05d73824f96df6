"""Colorectal tissue tiles of Kather et al. (Zenodo 1214456): the folder is the label; no patient ids exist.

Both sets have the layout ``<set>/<CLASS>/<CLASS>-….tif`` and are told apart by the folder's name alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, list_images, missing_note
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.errors import DataError

__all__ = ["TISSUES", "find_tiles", "read_tiles"]

TISSUES = ("ADI", "BACK", "DEB", "LYM", "MUC", "MUS", "NORM", "STR", "TUM")


def find_tiles(root: Path, folder: str) -> str:
    """Empty when the set's folder, or at least one class folder directly under ``root``, is there."""
    note = missing_note(root, folder, *TISSUES, folder=True)
    other = find_path(root, f"{folder}-NONORM", folder=True) if note else None
    return f"{note}; {folder}-NONORM is not stain-normalised" if other else note


def read_tiles(root: Path, options: Mapping[str, str], source: str, folder: str) -> SourceTable:
    """Every tile whose name begins with its folder's class, as both editions of the names do.

    Raises:
        DataError: MB601 without the folder, MB603 for any option, MB606 for a tile name used twice.
    """
    choose(source, options)
    if note := find_tiles(root, folder):
        raise DataError("MB601", note, hint="medbench data status shows where to ask")
    base = find_path(root, f"{folder}/{folder}", folder, folder=True) or root
    table = TableBuilder(source, "image")
    for tissue in TISSUES:
        place = find_path(base, tissue, folder=True)
        if place is None:
            table.lack(f"no class folder {tissue}")
        for file in list_images(place) if place else ():
            if not file.stem.upper().startswith(f"{tissue}-"):
                table.exclude("file name of another class")
                continue
            image = ImageRef(file.relative_to(root).as_posix())
            table.add(SourceRow(file.stem, (image,), "all", file.stem, {"tissue": tissue}))
    return table.build()
