"""MOST: Kellgren-Lawrence grades in one wide table (one row a person), with ready 140 mm crops."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.image_files import missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.kellgren import SIDES, grade_name
from medbench.cohort.sources.knee_crops import CROPS, list_crops, most_knee
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import header_of, read_rows

__all__ = ["find", "read"]

SOURCE = "most"
LABELS = ("MOSTV01235XRAY.txt", "MOSTV01235XRAY.csv", "MOSTV01235XRAY.sas7bdat")
VISITS = "01235"
GRADE_COLUMN = re.compile(r"(?i)v(\d)x([lr])kl")


def find(root: Path) -> str:
    """Empty when labels and the folder of crops are there; otherwise what was looked for."""
    notes = [missing_note(root, *LABELS), missing_note(root, CROPS, folder=True)]
    return "; ".join(dict.fromkeys(filter(None, notes)))


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Graded knees with ``grade``, ``side`` and ``visit`` (V0 to V5); the group is the person.

    Crops are named ``<MOSTID>_<visit>_<side>.png``, the visit with or without its V, and perhaps with more
    parts before the side. A sample is ``MOSTID_VISIT_SIDE``, however the crop is named.

    Raises:
        DataError: MB601 without labels, MB602 without their columns, MB603 for any option, MB606; MB660 and
            MB663 for a table that cannot be read, MB662 for two crops of one knee.
    """
    choose(SOURCE, options)
    labels = require_path(root, *LABELS)
    table = TableBuilder(SOURCE, "patient")
    crops = list_crops(root, table, most_knee)
    absent = sorted(set(VISITS) - {match[1] for match in _columns(labels).values()})
    if absent:
        table.lack(f"no grades of visit {', '.join(f'V{visit}' for visit in absent)}")
    for person, visit, side, code in _readings(labels):
        grade = grade_name(code)
        crop = crops.get((person.lower(), f"v{visit}", side))
        if grade is None:
            table.exclude("no Kellgren-Lawrence grade 0 to 4")
        elif crop is None:
            table.miss_file()
        else:
            values = {"grade": grade, "side": SIDES[side], "visit": f"V{visit}"}
            image = ImageRef(crop.relative_to(root).as_posix())
            sample = f"{person}_V{visit}_{side}"
            table.add(SourceRow(sample, (image,), "all", person, values))
    return table.build()


def _columns(labels: Path) -> dict[str, re.Match[str]]:
    return {name: match for name in header_of(labels) if (match := GRADE_COLUMN.fullmatch(name))}


def _readings(labels: Path) -> Iterator[tuple[str, str, str, str]]:
    columns = _columns(labels)
    for row in read_rows(labels, ["MOSTID", *columns]):
        for name, match in columns.items():
            yield row["MOSTID"], match[1], match[2].lower(), row[name]
