"""NEJM Image Challenge: the community table of questions and votes (cx0), with images the user collected.

Text and images are copyright of the journal; medbench ships this reader and no content.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import list_images
from medbench.cohort.source import ImageRef, SourceRow, SourceTable, Value
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.errors import DataError

__all__ = ["case_date", "find", "read"]

SOURCE = "nejm"
PATTERN = "image_challenge_dataset_*.json"
LETTERS = "ABCDE"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
IMAGE = re.compile(r"(?i)ic(\d{4})(\d\d)(\d\d)(?:[_-](\d+))?")


def find(root: Path) -> str:
    """Empty when the table of cases is there; otherwise what was looked for."""
    return "" if any(root.glob(PATTERN)) else f"no {PATTERN} under {root}"


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Cases by ISO date, each with one image or several.

    Columns: ``question``; ``options`` (five texts); ``answer`` (0 to 4); ``reader_votes``, percentages as
    text in the order of the options; ``reader_share``, that of the right one (``None`` if unreadable).

    Raises:
        DataError: MB601 without the table, MB604 for a case that is not as the table's makers write it,
            MB603 for any option, MB606 for two cases of one date.
    """
    choose(SOURCE, options)
    files = sorted(root.glob(PATTERN))
    if not files:
        raise DataError("MB601", find(root))
    images = _images(root)
    table = TableBuilder(SOURCE, "case")
    for case in _cases(files[-1]):
        day = case_date(case["date"])
        if case["correct_answer"] not in set(LETTERS):
            table.exclude("no answer A to E")
        elif day not in images:
            table.miss_file()
        else:
            table.add(SourceRow(day, images[day], "all", day, _values(case)))
    return table.build()


def case_date(text: str) -> str:
    """ISO date of ``apr-01-2010``, whatever the machine's language.

    Raises:
        DataError: MB604, the text is no such date.
    """
    try:
        month, day, year = text.strip().lower().split("-")
        return date(int(year), MONTHS.index(month[:3]) + 1, int(day)).isoformat()
    except ValueError as error:
        raise DataError("MB604", f"no date of a case: {text!r}", where=SOURCE) from error


def _cases(file: Path) -> list[dict[str, Any]]:
    need = {"date", "question", "correct_answer", *(f"option_{letter}" for letter in LETTERS)}
    try:
        cases = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise DataError("MB604", f"not JSON ({error})", str(file)) from error
    if not isinstance(cases, list) or not all(isinstance(case, dict) and need <= set(case) for case in cases):
        raise DataError("MB604", f"not a list of cases with {', '.join(sorted(need))}", str(file))
    return cases


def _values(case: Mapping[str, Any]) -> dict[str, Value]:
    votes = tuple(str(case.get(f"option_{letter}_votes", "")).strip().rstrip("%") for letter in LETTERS)
    answer = LETTERS.index(case["correct_answer"])
    return {
        "question": str(case["question"]).strip(),
        "options": tuple(str(case[f"option_{letter}"]).strip() for letter in LETTERS),
        "answer": answer,
        "reader_votes": votes,
        "reader_share": int(votes[answer]) if votes[answer].isdigit() else None,
    }


def _images(root: Path) -> dict[str, tuple[ImageRef, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for file in list_images(root / "images"):
        match = IMAGE.fullmatch(file.stem)
        if match:
            day = f"{match[1]}-{match[2]}-{match[3]}"
            found.setdefault(day, []).append((int(match[4] or 0), file.relative_to(root).as_posix()))
    return {day: tuple(ImageRef(path) for _, path in sorted(files)) for day, files in found.items()}
