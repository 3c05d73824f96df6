"""NEJM cases in the slides that the journal's pages offer for download: a documented subset of them.

One ``.pptx`` a case, in the source's folder, ``slides/`` or ``decks/``, with the date in its name
(``20051013.pptx``, ``IC2005-10-13.pptx``). First slide: the question, and below it five options, a
paragraph each; the words ``Image Challenge`` and ``Q:`` are skipped, as are pictures that are not both
wider than 300 and higher than 60 pixels (logos): both as github.com/Core-BMC/NEJM-VLM-ImgChallenge does. On
any slide, a paragraph ``Answer: …`` with the letter or the text of an option. Everything else in the deck
is left alone. A deck with several answers is refused. What else the journal's own slides hold is unknown
here.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from PIL import Image

from medbench.cohort.decks import Slide, picture, pictures, slides
from medbench.cohort.image_files import is_debris
from medbench.cohort.source import ImageRef
from medbench.cohort.sources.nejm_case import Case, date_in
from medbench.cohort.sources.nejm_text import find_answer, letter_of, question_and_options
from medbench.errors import DataError

__all__ = ["NAME", "cases", "find"]

NAME = "slide decks (*.pptx)"
SKIPPED = {"image challenge", "q:", "a:"}
LOGO = (300, 60)


def find(root: Path) -> list[Path]:
    """The decks, in the order of their names."""
    found = [
        file for folder in (".", "slides", "decks") for file in root.glob(f"{folder}/*.[pP][pP][tT][xX]")
    ]
    # ~$ begins the name of the lock that PowerPoint leaves beside an open file
    names = {file: file.name for file in found if file.is_file() and not is_debris(file.name)}
    return sorted(file for file, name in names.items() if not name.startswith("~$"))


def cases(root: Path, files: list[Path]) -> Iterator[Case]:
    """One case a deck; one without an answer counts as such.

    Raises:
        DataError: MB604, no date, no question with five options, several answers; MB664, no deck.
    """
    for file in files:
        day = date_in(file.stem)
        if not day:
            hint = "name the deck by its date, as 2005-10-13.pptx"
            raise DataError("MB604", "no date of the case", file.name, hint)
        deck = slides(file)
        paragraphs = [text for slide in deck for text in slide.paragraphs]
        number, answer = find_answer(paragraphs)
        if find_answer(paragraphs[number + 1 :])[0] >= 0:
            raise DataError("MB604", "more than one answer in a deck", file.name, "save one deck a case")
        first = [text for text in deck[0].paragraphs if _is_said(text)] if deck else []
        question, options = question_and_options(first, file.name)
        images = tuple(_images(root, file, deck[0]))
        letter = letter_of(answer, options, file.name)
        yield Case(day, question, options, letter, images, place=file.name)


def _is_said(text: str) -> bool:
    return text.casefold() not in SKIPPED and find_answer([text])[0] < 0


def _images(root: Path, file: Path, slide: Slide) -> Iterator[ImageRef]:
    known = pictures(file)
    for name in dict.fromkeys(slide.pictures):
        if name in known and not _is_logo(picture(file, known.index(name))):
            yield ImageRef(file.relative_to(root).as_posix(), known.index(name))


def _is_logo(data: bytes) -> bool:
    try:
        with Image.open(BytesIO(data)) as image:
            return image.width <= LOGO[0] or image.height <= LOGO[1]
    # vector pictures (EMF, SVG) are drawings of the layout
    except (OSError, SyntaxError, ValueError):
        return True
