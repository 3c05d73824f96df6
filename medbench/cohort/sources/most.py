"""MOST: Kellgren-Lawrence grades in one wide table (one row a person), with ready 140 mm crops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, list_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.kellgren import SIDES, grade_name
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import header_of, read_rows

__all__ = ["find", "read"]

SOURCE = "most"
CROPS = "crops"
LABELS = ("MOSTV01235XRAY.txt", "MOSTV01235XRAY.csv")
GRADE_COLUMN = re.compile(r"(?i)v(\d)x([lr])kl")


def find(root: Path) -> str:
    """Empty when labels and the folder of crops are there; otherwise what was looked for."""
    notes = [missing_note(root, *LABELS), missing_note(root, CROPS)]
    return "; ".join(dict.fromkeys(filter(None, notes)))


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Graded knees with ``grade``, ``side`` and ``visit`` (V0 to V5); the group is the person.

    Crops are named ``<MOSTID>_<visit>_<side>.png``, the visit with or without its V.

    Raises:
        DataError: MB601 without labels, MB602 without their columns, MB603 for any option, MB606.
    """
    choose(SOURCE, options)
    labels = require_path(root, *LABELS)
    crops = _crops(root)
    table = TableBuilder(SOURCE, "patient")
    for person, visit, side, code in _readings(labels):
        grade = grade_name(code)
        crop = crops.get((person.lower(), visit, side))
        if grade is None:
            table.exclude("no Kellgren-Lawrence grade 0 to 4")
        elif crop is None:
            table.miss_file()
        else:
            values = {"grade": grade, "side": SIDES[side], "visit": f"V{visit}"}
            image = ImageRef(crop.relative_to(root).as_posix())
            table.add(SourceRow(crop.stem, (image,), "all", person, values))
    return table.build()


def _readings(labels: Path) -> Iterator[tuple[str, str, str, str]]:
    columns = {name: match for name in header_of(labels) if (match := GRADE_COLUMN.fullmatch(name))}
    for row in read_rows(labels, ["MOSTID", *columns]):
        for name, match in columns.items():
            yield row["MOSTID"], match[1], match[2].lower(), row[name]


def _crops(root: Path) -> dict[tuple[str, str, str], Path]:
    crops: dict[tuple[str, str, str], Path] = {}
    folder = find_path(root, CROPS)
    for file in list_images(folder) if folder else ():
        parts = file.stem.lower().split("_")
        if len(parts) == 3:
            crops[parts[0], parts[1].removeprefix("v"), parts[2]] = file
    return crops
