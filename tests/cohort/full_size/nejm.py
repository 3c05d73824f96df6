"""NEJM Image Challenge: the community table's 947 cases, with its faults; every word is made up."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from .writing import touch

__all__ = ["ANSWERS", "CASES", "IN_TIME", "STRATA", "write"]

CASES, IN_TIME = 947, 931
"""Cases in the table, and those up to 31 August 2023."""
ANSWERS = {"A": 196, "B": 191, "C": 169, "D": 189, "E": 184}
STRATA = (7, 214, 494, 196, 18)
"""Answers, and readers' shares by fifths of a hundred, of the 929 that are scored."""
SHARES = ((13, 20), (20, 40), (40, 60), (60, 80), (80, 89))
GAPS = (100, 300, 500)
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def write(root: Path) -> None:
    """Rows in no order of dates; some cases with several pictures."""
    rng = np.random.default_rng(11)
    days = _days()
    scored = IN_TIME - 2
    answers = rng.permutation(np.repeat(list(ANSWERS), list(ANSWERS.values()))).tolist()
    strata = rng.permutation(np.repeat(np.arange(5), STRATA)).tolist()
    # the two exemplars come first, the late ones last; neither is counted above
    answers = ["A", "B", *answers, *("ABCDE"[n % 5] for n in range(CASES - IN_TIME))]
    shares = [50, 50, *(int(rng.integers(*SHARES[stratum])) for stratum in strata), *[50] * (CASES - IN_TIME)]
    assert len(answers) == len(shares) == len(days) and scored == sum(STRATA)
    cases = [_case(number, *case) for number, case in enumerate(zip(days, answers, shares, strict=True))]
    root.mkdir(parents=True, exist_ok=True)
    text = json.dumps([cases[int(index)] for index in rng.permutation(CASES)])
    (root / "image_challenge_dataset_20231223.json").write_text(text, encoding="utf-8")
    touch(root / "images", _images(days))


def _days() -> list[date]:
    """Thursdays from 13 October 2005 to 21 December 2023 with three gaps of two weeks."""
    days = [date(2005, 10, 13) + timedelta(weeks=week) for week in range(CASES + len(GAPS))]
    return [day for week, day in enumerate(days) if week not in GAPS]


def _case(number: int, day: date, answer: str, share: int) -> dict[str, object]:
    rest = 100 - share + number % 4 - 1
    votes = [rest // 4 + (rest % 4 > place) for place in range(4)]
    votes.insert("ABCDE".index(answer), share)
    total = "96,521" if number < 2 else "4711." if number == 2 else "4711"
    case: dict[str, object] = {
        "image_id": 9000 + number,
        "date": f"{MONTHS[day.month - 1]}-{day.day:02d}-{day.year}",
        "question": ("What is the diagnosis?", f"Which sign is shown? ({number})")[number % 2],
        "relevant_context": "no",
    }
    case |= {f"option_{letter}": f"Disease {letter}{number}{'.' * (number < 5)}" for letter in "ABCDE"}
    case |= {f"option_{letter}_votes": f"{vote}%" for letter, vote in zip("ABCDE", votes, strict=True)}
    return case | {
        "option_most_voted": "ABCDE"[votes.index(max(votes))],
        "correct_answer": answer,
        "total_number_votes": total,
        "brier_score": 0.037,
    }


def _images(days: list[date]) -> list[str]:
    names: list[str] = []
    for number, day in enumerate(days):
        parts = ("_1", "_2") if number % 40 == 0 else ("",)
        names += [f"IC{day:%Y%m%d}{part}.jpg" for part in parts]
    return names
