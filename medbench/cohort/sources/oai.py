"""OAI: Kellgren-Lawrence grades of both knees, with ready 140 mm crops of the bilateral films.

Labels come in two generations: one table a visit (``kxr_sq_bu00``, ``|`` separated text or SAS), or the NDA's
``kxrsq01.txt`` (tabs, and a second line that describes the columns). Crops are the user's step and named
``ID_BARCODE_DATE_SIDE.png`` or ``ID_VISIT_SIDE.png``.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import found_note, missing_note
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.kellgren import SIDES
from medbench.cohort.sources.knee_crops import CROPS, Crops, list_crops, oai_knee
from medbench.cohort.sources.oai_readings import EXPECTED, Reading, absent_visits, label_files, readings
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.errors import DataError

__all__ = ["find", "read"]

SOURCE = "oai"


def find(root: Path) -> str:
    """Empty when labels and the folder of crops are there; otherwise what was looked for."""
    labels = "" if root.is_dir() and label_files(root) else f"no {EXPECTED} under {root}{_found(root)}"
    return "; ".join(filter(None, (labels, missing_note(root, CROPS, folder=True))))


def _found(root: Path) -> str:
    return found_note(root) if root.is_dir() else ""


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Graded knees with ``grade``, ``side`` and ``visit``; the group is the person: both knees, all visits.

    A sample is ``PERSON_VISIT_SIDE``, however the user named the crops: records made elsewhere pair up.

    Of several readings of a knee the first with a grade counts, in the order of projects 15, 37, 42.

    Raises:
        DataError: MB601 without labels, MB602 without their columns, MB603 for any option, MB606; MB660 and
            MB663 for a table that cannot be read, MB662 for two crops of one knee.
    """
    choose(SOURCE, options)
    files = label_files(root)
    if not files:
        raise DataError("MB601", find(root))
    table = TableBuilder(SOURCE, "patient")
    best: dict[tuple[str, str, str], Reading] = {}
    for reading in (reading for file in files for reading in readings(table, file)):
        knee = (reading.person, reading.visit, reading.side)
        if knee not in best or reading.rank < best[knee].rank:
            best[knee] = reading
    crops = list_crops(root, table, oai_knee)
    for knee in sorted(best):
        _add(table, root, best[knee], crops)
    for visit in absent_visits(files):
        table.lack(f"no table of visit {visit} (kxr_sq_bu{visit})")
    return table.build()


def _add(table: TableBuilder, root: Path, reading: Reading, crops: Crops) -> None:
    by_film = crops.get((reading.person, reading.barcode, reading.side))
    crop = by_film or crops.get((reading.person, reading.visit.lower(), reading.side))
    if reading.grade is None:
        table.exclude("no Kellgren-Lawrence grade 0 to 4")
    elif crop is None:
        table.miss_file()
    else:
        values = {"grade": reading.grade, "side": SIDES[reading.side], "visit": reading.visit}
        image = ImageRef(crop.relative_to(root).as_posix())
        sample = f"{reading.person}_{reading.visit}_{reading.side}"
        table.add(SourceRow(sample, (image,), "all", reading.person, values))
