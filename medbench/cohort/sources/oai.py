"""OAI: Kellgren-Lawrence grades of both knees, with ready 140 mm crops of the bilateral films.

Labels come in two generations: one ``|`` separated file a visit (``kxr_sq_bu00.txt``), or the NDA's
``kxrsq01.txt`` (tabs, and a second line that describes the columns). Crops are the user's step and named
``ID_BARCODE_DATE_SIDE.png``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.image_files import find_path, list_images, missing_note
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.kellgren import SIDES, grade_name
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import header_of, read_rows
from medbench.errors import DataError

__all__ = ["find", "read"]

SOURCE = "oai"
CROPS = "crops"
NDA = "kxrsq01.txt"
CLASSIC = re.compile(r"kxr_sq_bu\d\d\.txt", re.IGNORECASE)
FOLDERS = (
    "X-Ray Image Assessments_ASCII/Semi-Quant Scoring_ASCII",
    "X-Ray Image Assessments_ASCII",
    "Semi-Quant Scoring_ASCII",
)
PROJECTS = ("15", "37", "42")
SIDE_CODES = {"1": "r", "2": "l"}


@dataclass(frozen=True)
class Reading:
    """One central reading of one knee at one visit."""

    person: str
    visit: str
    side: str
    barcode: str
    project: str
    grade: str | None

    @property
    def rank(self) -> tuple[bool, int]:
        """Smaller is better: a grade before none, then project 15, 37, 42, others."""
        known = PROJECTS.index(self.project) if self.project in PROJECTS else len(PROJECTS)
        return self.grade is None, known


def find(root: Path) -> str:
    """Empty when labels and the folder of crops are there; otherwise what was looked for."""
    crops = missing_note(root, CROPS)
    labels = "" if root.is_dir() and any(_label_files(root)) else f"no {NDA} or kxr_sq_bu00.txt under {root}"
    return "; ".join(filter(None, (labels, crops)))


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Graded knees with ``grade``, ``side`` and ``visit``; the group is the person: both knees, all visits.

    Of several readings of a knee the first with a grade counts, in the order of projects 15, 37, 42.

    Raises:
        DataError: MB601 without labels, MB602 without their columns, MB603 for any option, MB606.
    """
    choose(SOURCE, options)
    files = list(_label_files(root))
    if not files:
        raise DataError("MB601", find(root))
    best: dict[tuple[str, str, str], Reading] = {}
    for reading in (reading for file in files for reading in _readings(file)):
        knee = (reading.person, reading.visit, reading.side)
        if knee not in best or reading.rank < best[knee].rank:
            best[knee] = reading
    crops = _crops(root)
    table = TableBuilder(SOURCE, "patient")
    for knee in sorted(best):
        reading = best[knee]
        crop = crops.get((reading.person, reading.barcode, reading.side))
        if reading.grade is None:
            table.exclude("no Kellgren-Lawrence grade 0 to 4")
        elif crop is None:
            table.miss_file()
        else:
            values = {"grade": reading.grade, "side": SIDES[reading.side], "visit": reading.visit}
            image = ImageRef(crop.relative_to(root).as_posix())
            table.add(SourceRow(crop.stem, (image,), "all", reading.person, values))
    return table.build()


def _label_files(root: Path) -> Iterator[Path]:
    nda = find_path(root, NDA)
    if nda is not None:
        yield nda
        return
    for folder in (root, *filter(None, (find_path(root, name) for name in FOLDERS))):
        files = sorted(path for path in folder.glob("*.[tT][xX][tT]") if CLASSIC.fullmatch(path.name))
        if files:
            yield from files
            return


def _readings(file: Path) -> Iterator[Reading]:
    if file.name.lower() == NDA:
        columns = ("src_subject_id", "side", "readprj", "barcdbu", "xrkl")
        visit = ""
    else:
        prefix = next((name[:3] for name in header_of(file) if re.fullmatch(r"(?i)v\d\dxrkl", name)), "V00")
        visit = prefix.upper()
        columns = ("id", "side", "readprj", f"{prefix.lower()}barcdbu", f"{prefix.lower()}xrkl")
    person, side, project, barcode, grade = columns
    for row in read_rows(file, columns, ["visit"], fold=True):
        code = SIDE_CODES.get(row[side].partition(":")[0].strip())
        # the NDA's second line describes the columns; a knee without a side cannot be found again
        if row[person].isdigit() and code is not None:
            yield Reading(
                row[person], visit or row["visit"], code, row[barcode], row[project], grade_name(row[grade])
            )


def _crops(root: Path) -> dict[tuple[str, str, str], Path]:
    crops: dict[tuple[str, str, str], Path] = {}
    for file in list_images(root / CROPS):
        parts = file.stem.split("_")
        if len(parts) == 4:
            person, barcode, _, side = parts
            crops[person, barcode, side.lower()] = file
    return crops
