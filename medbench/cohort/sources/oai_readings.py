"""The central readings of OAI in their two generations, as text or as SAS tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.image_files import find_path, is_debris
from medbench.cohort.sources.kellgren import grade_name
from medbench.cohort.table_builder import TableBuilder
from medbench.cohort.tables import header_of, read_rows, whole_id
from medbench.errors import DataError

__all__ = ["EXPECTED", "Reading", "absent_visits", "label_files", "readings"]

NDA = "kxrsq01.txt"
CLASSIC = re.compile(r"(?i)kxr_sq_bu(\d\d)\.(?:txt|csv|sas7bdat)")
EXPECTED = f"{NDA} or kxr_sq_bu00.txt (.sas7bdat)"
VISITS = ("00", "01", "03", "05", "06", "08", "10")
"""Visits with central readings: 0, 12, 24, 36, 48, 72 and 96 months."""
FOLDERS = tuple(
    name
    for form in ("ASCII", "SAS")
    for name in (
        f"X-Ray Image Assessments_{form}/Semi-Quant Scoring_{form}",
        f"X-Ray Image Assessments_{form}",
        f"Semi-Quant Scoring_{form}",
    )
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


def label_files(root: Path) -> list[Path]:
    """The NDA's table, else one table a visit from the first folder that has any; text before SAS."""
    nda = find_path(root, NDA)
    if nda is not None:
        return [nda]
    for folder in (root, *filter(None, (find_path(root, name, folder=True) for name in FOLDERS))):
        found: dict[str, Path] = {}
        for path in sorted(folder.iterdir(), key=lambda path: path.suffix.lower() == ".sas7bdat"):
            match = CLASSIC.fullmatch(path.name)
            if match and path.is_file() and not is_debris(path.name):
                found.setdefault(match[1], path)
        if found:
            return [found[visit] for visit in sorted(found)]
    return []


def absent_visits(files: list[Path]) -> list[str]:
    """Visits without a table of their own; none when the NDA's one table is there."""
    found = {match[1] for file in files if (match := CLASSIC.fullmatch(file.name))}
    return [visit for visit in VISITS if found and visit not in found]


def readings(table: TableBuilder, file: Path) -> Iterator[Reading]:
    """The readings in one file; rows without a person or a side are counted.

    Raises:
        DataError: MB602 for a table of another visit than its name says; and as ``read_rows`` does.
    """
    visit = _visit_of(file)
    if visit:
        columns = ("id", "side", "readprj", f"{visit.lower()}barcdbu", f"{visit.lower()}xrkl")
    else:
        columns = ("src_subject_id", "side", "readprj", "barcdbu", "xrkl")
    person, side, project, barcode, grade = columns
    need = columns if visit else (*columns, "visit")
    for number, row in enumerate(read_rows(file, need, fold=True)):
        identity, code = whole_id(row[person]), SIDE_CODES.get(_code(row[side]))
        if identity.isdigit() and code is not None:
            when = visit or f"V{row['visit'].upper().removeprefix('V').zfill(2)}"
            film, grading = whole_id(row[barcode]).zfill(12), grade_name(row[grade])
            yield Reading(identity, when, code, film, _code(row[project]), grading)
        # the NDA's second line describes the columns
        elif visit or number > 0:
            table.exclude("no side 1 or 2" if identity.isdigit() else "no person id")


def _visit_of(file: Path) -> str:
    """``V03`` of the table of one visit; empty for the NDA's, which has all."""
    match = CLASSIC.fullmatch(file.name)
    if match is None:
        return ""
    visit, columns = f"V{match[1]}", ", ".join(header_of(file))
    other = re.search(r"(?i)\bv(\d\d)xrkl\b", columns)
    if other and other[1] != match[1]:
        hint = "give the table the provider's name again"
        raise DataError("MB602", f"the columns are of visit {other[1]}, the name is not", str(file), hint)
    return visit


def _code(text: str) -> str:
    return text.partition(":")[0].strip().removesuffix(".0")
