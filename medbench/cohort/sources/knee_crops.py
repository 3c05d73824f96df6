"""Ready 140 mm crops of knees, found by what their names say: whose knee, when and which side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from medbench.cohort.image_files import find_path, list_images
from medbench.cohort.table_builder import TableBuilder
from medbench.cohort.tables import read_rows, whole_id
from medbench.errors import DataError

__all__ = ["CROPS", "Crops", "Knee", "list_crops", "most_knee", "oai_knee"]

CROPS = "crops"
INDEX = "crops.csv"
SIDE = {"l": "l", "left": "l", "2": "l", "r": "r", "right": "r", "1": "r"}
Knee = tuple[str, str, str]
"""Person, visit or barcode of the film, and side (``l``, ``r``); in lower case."""
Crops = dict[Knee, Path]


def list_crops(root: Path, table: TableBuilder, knee_of: Callable[[str], Knee | None]) -> Crops:
    """Every crop by its knee, from ``crops.csv`` where there is one, else from its name.

    Files that neither tells anything of are counted as left out.

    Raises:
        DataError: MB662, two files show the same knee of the same visit; MB602 or MB660, the index is no such
            table; MB604, a row of it names no visit or side.
    """
    crops: Crops = {}
    folder = find_path(root, CROPS, folder=True)
    index = _index(root, knee_of)
    for file in list_images(folder) if folder else ():
        knee = knee_of(file.stem.lower()) if index is None else index.get(file.name.lower())
        if knee is None:
            named = "whose name says" if index is None else f"of which {INDEX} says"
            table.exclude(f"crop {named} neither visit nor side")
        elif knee in crops:
            names = f"{crops[knee].name} and {file.name}"
            raise DataError("MB662", f"{names} are of one knee and visit", str(folder), "keep one of the two")
        else:
            crops[knee] = file
    return crops


def _index(root: Path, knee_of: Callable[[str], Knee | None]) -> dict[str, Knee] | None:
    """Knees by file name in lower case, from ``crops.csv`` (file, person, visit, side), where it is there."""
    table = find_path(root, INDEX) or find_path(root, f"{CROPS}/{INDEX}")
    if table is None:
        return None
    found: dict[str, Knee] = {}
    for number, row in enumerate(read_rows(table, ("file", "person", "visit", "side"), fold=True), start=2):
        side = SIDE.get(row["side"].lower(), "")
        knee = knee_of(f"{whole_id(row['person'])}_{row['visit']}_{side}".lower())
        if knee is None:
            hint = "visit is V00, V01 …; side is l, r, left, right, or OAI's 1 (right) and 2 (left)"
            raise DataError("MB604", f"row {number} names no visit or side", str(table), hint)
        found[row["file"].replace("\\", "/").rpartition("/")[2].lower()] = knee
    return found


def oai_knee(stem: str) -> Knee | None:
    """The knee of ``ID_BARCODE_DATE_SIDE`` or ``ID_VISIT_SIDE`` (``9000099_00_R``, ``9000099_V06_l``)."""
    barcode = re.fullmatch(r"(\d+)_(\d{8,12})_[^_]+_([lr])", stem)
    if barcode:
        return barcode[1], barcode[2].zfill(12), barcode[3]
    visit = re.fullmatch(r"(\d+)_v?(\d\d)_([lr])", stem)
    return (visit[1], f"v{visit[2]}", visit[3]) if visit else None


def most_knee(stem: str) -> Knee | None:
    """The knee of ``MOSTID_VISIT_SIDE``, also with further parts (the view) before the side."""
    parts = re.fullmatch(r"([a-z0-9]+)_v?(\d)(?:_.*)?_([lr])", stem)
    return (parts[1], f"v{parts[2]}", parts[3]) if parts else None
