"""Ready 140 mm crops of knees, found by what their names say: whose knee, when and which side."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from medbench.cohort.image_files import find_path, list_images
from medbench.cohort.table_builder import TableBuilder
from medbench.errors import DataError

__all__ = ["CROPS", "Crops", "Knee", "list_crops", "most_knee", "oai_knee"]

CROPS = "crops"
Knee = tuple[str, str, str]
"""Person, visit or barcode of the film, and side (``l``, ``r``); in lower case."""
Crops = dict[Knee, Path]


def list_crops(root: Path, table: TableBuilder, knee_of: Callable[[str], Knee | None]) -> Crops:
    """Every crop by its knee; files whose names say nothing of the kind are counted as left out.

    Raises:
        DataError: MB662, two files show the same knee of the same visit.
    """
    crops: Crops = {}
    folder = find_path(root, CROPS, folder=True)
    for file in list_images(folder) if folder else ():
        knee = knee_of(file.stem.lower())
        if knee is None:
            table.exclude("crop whose name says neither visit nor side")
        elif knee in crops:
            names = f"{crops[knee].name} and {file.name}"
            raise DataError("MB662", f"{names} are of one knee and visit", str(folder), "keep one of the two")
        else:
            crops[knee] = file
    return crops


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
