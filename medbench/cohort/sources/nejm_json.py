"""NEJM cases of the public table (github.com/cx0/nejm-image-challenge), with a folder of images beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Set
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import list_images
from medbench.cohort.source import ImageRef
from medbench.cohort.sources.nejm_case import LETTERS, Case, case_date, date_in
from medbench.cohort.table_builder import TableBuilder
from medbench.errors import DataError

__all__ = ["NAME", "PATTERN", "cases", "count_unmatched", "find"]

PATTERN = "image_challenge_dataset_*.json"
NAME = f"the public table ({PATTERN})"
FOLDER = "images"
OPTIONS = tuple(f"option_{letter}" for letter in LETTERS)


def find(root: Path) -> list[Path]:
    """The table, of several snapshots the newest."""
    return sorted(file for file in root.glob(PATTERN) if file.is_file())[-1:]


def cases(root: Path, files: list[Path]) -> Iterator[Case]:
    """One case an object; images are ``images/IC<YYYYMMDD>.<ext>``, several ``IC<YYYYMMDD>_1.<ext>`` on.

    Raises:
        DataError: MB604, no list of such cases, a date that is none, or not five different options.
    """
    images = _images(root)
    for number, case in enumerate(_objects(files[0]), start=1):
        place = f"{files[0].name}, case {number}"
        day = case_date(str(case["date"]), place)
        answer = str(case["correct_answer"]).strip().upper()
        question, options = _text(case["question"]), tuple(_text(case[name]) for name in OPTIONS)
        if not question or not all(options) or len({text.casefold() for text in options}) < len(LETTERS):
            raise DataError("MB604", "no question with five different options", place)
        letter, total = answer if answer in set(LETTERS) else "", _text(case.get("total_number_votes"))
        yield Case(day, question, options, letter, images.get(day, ()), _votes(case), total, place)


def count_unmatched(table: TableBuilder, root: Path, days: Set[str]) -> None:
    """Count the pictures that no case shows; one of a case's date makes the download partial.

    Args:
        days: ISO dates of the cases in the table.
    """
    unplaced = 0
    for file in list_images(root / FOLDER):
        day, place = _place(file)
        if day not in days:
            table.exclude("picture of no case")
        elif place is None:
            unplaced += 1
    if unplaced:
        table.lack(f"{unplaced} pictures of cases are not named IC<YYYYMMDD> or IC<YYYYMMDD>_1 on")


def _objects(file: Path) -> list[dict[str, Any]]:
    need = {"date", "question", "correct_answer", *OPTIONS}
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise DataError("MB604", f"not JSON ({error})", str(file)) from error
    if not isinstance(found, list) or not all(isinstance(case, dict) and need <= set(case) for case in found):
        raise DataError("MB604", f"not a list of cases with {', '.join(sorted(need))}", str(file))
    return found


def _votes(case: Mapping[str, Any]) -> tuple[str, ...]:
    votes = tuple(_text(case.get(f"{name}_votes")) for name in OPTIONS)
    return votes if any(votes) else ()


def _images(root: Path) -> dict[str, tuple[ImageRef, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for file in list_images(root / FOLDER):
        day, place = _place(file)
        if day and place is not None:
            found.setdefault(day, []).append((place, file.relative_to(root).as_posix()))
    return {day: tuple(ImageRef(path) for _, path in sorted(files)) for day, files in found.items()}


def _place(file: Path) -> tuple[str, int | None]:
    """Date of a picture's case (empty: none in its name) and its place there (``None``: unreadable)."""
    stem, _, tail = file.stem.replace("-", "_").partition("_")
    day = date_in(stem[2:]) if stem.lower().startswith("ic") else ""
    return day, int(tail or 0) if not tail or tail.isdecimal() else None


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()
