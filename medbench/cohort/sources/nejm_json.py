"""NEJM cases of the public table (github.com/cx0/nejm-image-challenge), with a folder of images beside it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import list_images
from medbench.cohort.source import ImageRef
from medbench.cohort.sources.nejm_case import LETTERS, Case, case_date, date_in
from medbench.errors import DataError

__all__ = ["NAME", "PATTERN", "cases", "find"]

PATTERN = "image_challenge_dataset_*.json"
NAME = f"the public table ({PATTERN})"


def find(root: Path) -> list[Path]:
    """The table, of several snapshots the newest."""
    return sorted(root.glob(PATTERN))[-1:]


def cases(root: Path, files: list[Path]) -> Iterator[Case]:
    """One case an object; images are ``images/IC<YYYYMMDD>.<ext>``, several ``IC<YYYYMMDD>_1.<ext>`` on.

    Raises:
        DataError: MB604, no list of such cases, or a date that is none.
    """
    images = _images(root)
    for number, case in enumerate(_objects(files[0]), start=1):
        place = f"{files[0].name}, case {number}"
        day = case_date(str(case["date"]), place)
        answer = str(case["correct_answer"]).strip().upper()
        yield Case(
            day,
            str(case["question"]).strip(),
            tuple(str(case[f"option_{letter}"]).strip() for letter in LETTERS),
            answer if answer in set(LETTERS) else "",
            images.get(day, ()),
            _votes(case),
            str(case.get("total_number_votes", "")),
            place,
        )


def _objects(file: Path) -> list[dict[str, Any]]:
    need = {"date", "question", "correct_answer", *(f"option_{letter}" for letter in LETTERS)}
    try:
        found = json.loads(file.read_text(encoding="utf-8-sig"))
    except ValueError as error:
        raise DataError("MB604", f"not JSON ({error})", str(file)) from error
    if not isinstance(found, list) or not all(isinstance(case, dict) and need <= set(case) for case in found):
        raise DataError("MB604", f"not a list of cases with {', '.join(sorted(need))}", str(file))
    return found


def _votes(case: Mapping[str, Any]) -> tuple[str, ...]:
    votes = tuple(str(case.get(f"option_{letter}_votes", "")) for letter in LETTERS)
    return votes if any(votes) else ()


def _images(root: Path) -> dict[str, tuple[ImageRef, ...]]:
    found: dict[str, list[tuple[int, str]]] = {}
    for file in list_images(root / "images"):
        stem, _, tail = file.stem.replace("-", "_").partition("_")
        if stem.lower().startswith("ic") and date_in(stem[2:]) and (not tail or tail.isdigit()):
            place = (int(tail or 0), file.relative_to(root).as_posix())
            found.setdefault(date_in(stem[2:]), []).append(place)
    return {day: tuple(ImageRef(path) for _, path in sorted(files)) for day, files in found.items()}
