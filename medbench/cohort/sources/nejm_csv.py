"""NEJM cases in a table of one's own, ``cases.csv``.

Columns: ``date`` (2005-10-13 or oct-13-2005), ``question``, ``option_A`` to ``option_E``, ``answer`` (the
letter or the text of an option), ``images`` (paths below the source's folder, several with ``;`` between
them; ``image`` is the same). Optional: ``votes`` (five percentages with ``;`` between them),
``total_number_votes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path
from medbench.cohort.image_lookup import ImageLookup
from medbench.cohort.own_paths import inside
from medbench.cohort.own_table import read_own_table
from medbench.cohort.source import ImageRef
from medbench.cohort.sources.nejm_case import LETTERS, Case, answer_letter, case_date
from medbench.errors import DataError

__all__ = ["NAME", "cases", "find"]

TABLE = "cases.csv"
NAME = f"a table of one's own ({TABLE})"
OPTIONS = tuple(f"option_{letter}" for letter in LETTERS)


def find(root: Path) -> list[Path]:
    """The table."""
    return [file for file in [find_path(root, TABLE)] if file is not None]


def cases(root: Path, files: list[Path]) -> Iterator[Case]:
    """One case a row; a case of which an image is not there counts as without images.

    Raises:
        DataError: MB602 without a column, MB604 for a cell, MB605, MB630 for what is no table, MB633 for a
            path that leads out of the folder, MB637 for a file that is no image.
    """
    table = read_own_table(files[0])
    pictures = "image" if "image" in table.columns and "images" not in table.columns else "images"
    table.require(["date", "question", *OPTIONS, "answer", pictures])
    lookup = ImageLookup(root)
    for number, cells in table.rows:
        place = table.place(number)
        options = tuple(cells[name] for name in OPTIONS)
        if not all(options) or len({option.casefold() for option in options}) != len(options):
            raise DataError("MB604", "not five different options", place)
        answer = answer_letter(cells["answer"], options)
        if cells["answer"] and not answer:
            raise DataError("MB604", "the answer is none of A to E and none of the options", place)
        found = [lookup.find(inside(name, place), place) for name in _parts(cells[pictures])]
        images = tuple(ImageRef(path) for path in found if path is not None)
        whole = images if len(images) == len(found) else ()
        day, total = case_date(cells["date"], place), cells.get("total_number_votes", "")
        yield Case(day, cells["question"], options, answer, whole, _votes(cells, place), total, place)


def _parts(cell: str) -> list[str]:
    return [part.strip() for part in cell.split(";") if part.strip()]


def _votes(cells: Mapping[str, str], place: str) -> tuple[str, ...]:
    votes = cells.get("votes", "")
    parts = tuple(part.strip() for part in votes.split(";")) if votes else ()
    if len(parts) not in {0, len(LETTERS)}:
        raise DataError("MB604", f"{len(parts)} votes for {len(LETTERS)} options", place)
    return parts
