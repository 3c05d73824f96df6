"""NEJM cases as the paper's script reads them: ``NEJM/<case>/<any>.png`` beside ``content.txt``.

``content.txt``: line 0 a header, then the question and five options, then ``Answer: …``. The paper's script
takes lines 1 to 7 and 8; here the line that begins with ``Answer:`` counts, so that a question of several
lines does no harm. The date stands in the folder's name or in the header; the script relies on names that
sort by date.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medbench.cohort.image_files import is_debris, list_images
from medbench.cohort.source import ImageRef
from medbench.cohort.sources.nejm_case import Case, date_in
from medbench.cohort.sources.nejm_text import find_answer, letter_of, question_and_options
from medbench.errors import DataError

__all__ = ["NAME", "cases", "find"]

NAME = "case folders (<case>/content.txt)"


def find(root: Path) -> list[Path]:
    """Every ``content.txt``, one folder below ``root`` or below ``NEJM/``; in the order of the folders."""
    found = [*root.glob("*/content.txt"), *root.glob("NEJM/*/content.txt")]
    return sorted(file for file in found if file.is_file() and not is_debris(file.parent.name))


def cases(root: Path, files: list[Path]) -> Iterator[Case]:
    """One case a folder; every image in the folder belongs to it, in the order of names.

    Raises:
        DataError: MB604, a folder without a date, or a text without five options or the answer's line.
    """
    for file in files:
        place = f"{file.parent.name}/content.txt"
        lines = file.read_text(encoding="utf-8-sig", errors="replace").splitlines()
        day = date_in(file.parent.name) or date_in(lines[0] if lines else "")
        if not day:
            hint = "name the folder by its date, as 2005-10-13, or write the date in the first line"
            raise DataError("MB604", "no date of the case", place, hint)
        end, answer = find_answer(lines)
        if end < 0:
            raise DataError("MB604", "no line 'Answer: …'", place)
        question, options = question_and_options(lines[1:end], place)
        images = tuple(ImageRef(path.relative_to(root).as_posix()) for path in list_images(file.parent))
        yield Case(day, question, options, letter_of(answer, options, place), images, place=place)
