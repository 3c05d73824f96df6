"""Sample of the NEJM Image Challenge: weekly cases about plain shapes, with the original's untidy votes."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.paint_shapes import COLOURS, SHAPES, shape_picture
from medbench.cohort.samples.saving import save_text

__all__ = ["write"]

FIRST = date(2005, 10, 13)
AFTER_THE_PAPER = date(2023, 9, 7)
LETTERS = "ABCDE"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
QUESTIONS = ("Which shape is shown?", "What is the colour of the shape?")


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """42 weekly cases from 13 October 2005 at scale 1, and one after August 2023; one has two pictures."""
    days = [FIRST + timedelta(weeks=week) for week in range(scaled(42, scale))]
    days.append(max(AFTER_THE_PAPER, days[-1] + timedelta(weeks=1)))
    (root / "images").mkdir()
    cases = [_write_case(root / "images", number, day, rng) for number, day in enumerate(days)]
    cases = [cases[int(i)] for i in rng.permutation(len(cases))]
    save_text(root / "image_challenge_dataset_20231223.json", json.dumps(cases, indent=1) + "\n")


def _write_case(folder: Path, number: int, day: date, rng: np.random.Generator) -> dict[str, Any]:
    shape = SHAPES[int(rng.integers(len(SHAPES)))]
    colour = list(COLOURS)[int(rng.integers(len(COLOURS)))]
    size = (1200, 900) if number == 4 else (128, 96)
    name = f"IC{day:%Y%m%d}"
    pictures = [f"{name}_1.png", f"{name}_2.png"] if number == 6 else [f"{name}.png"]
    for picture in pictures:
        drawn = shape_picture(rng, shape, colour, size)
        if number == 8:
            # some of the journal's pictures are in four printing inks
            drawn.convert("CMYK").save(folder / f"{name}.jpg", quality=90)
        else:
            drawn.quantize(64, dither=Image.Dither.NONE).save(folder / picture)
    words, right = (list(SHAPES), shape) if number % 2 == 0 else (list(COLOURS), colour)
    options = [words[int(i)] for i in rng.permutation(len(words))]
    return _case(number, day, options, options.index(right), rng)


def _case(
    number: int, day: date, options: list[str], answer: int, rng: np.random.Generator
) -> dict[str, Any]:
    votes = _votes(rng, answer)
    # the original ends a few options with a full stop, and writes some totals with a comma or a dot
    texts = [f"{text.capitalize()}." if number == 9 else text.capitalize() for text in options]
    if number == 11:
        # in two cases of the original one option is part of another
        texts[(answer + 1) % 5] = f"{texts[answer]} with a rim"
    total = {3: "96,521", 5: "88321.", 7: ""}.get(number, str(int(rng.integers(40_000, 99_999))))
    written = f"{MONTHS[day.month - 1]}-{day.day:02d}-{day.year}"
    case: dict[str, Any] = {"image_id": 9000 + number, "date": written}
    case |= {"question": QUESTIONS[number % 2], "relevant_context": "no"}
    case |= {f"option_{letter}": text for letter, text in zip(LETTERS, texts, strict=True)}
    case |= {f"option_{letter}_votes": f"{vote}%" for letter, vote in zip(LETTERS, votes, strict=True)}
    case |= {"option_most_voted": LETTERS[int(np.argmax(votes))], "correct_answer": LETTERS[answer]}
    return case | {"total_number_votes": total, "brier_score": 0.1}


def _votes(rng: np.random.Generator, answer: int) -> list[int]:
    """Percentages that sum to 99 to 102, as rounded shares do; the right option has 10 to 90."""
    share = float(rng.uniform(10, 90))
    rest = rng.dirichlet(np.full(4, 2.0)) * (100 - share)
    exact = np.insert(rest, answer, share)
    votes = [int(vote) for vote in np.rint(exact)]
    votes[answer] += min(max(sum(votes), 99), 102) - sum(votes)
    return votes
