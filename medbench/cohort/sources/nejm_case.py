"""One case of the NEJM Image Challenge, in whichever form it was collected; dates and votes as written."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from medbench.cohort.source import ImageRef, Value
from medbench.errors import DataError

__all__ = ["LETTERS", "Case", "answer_letter", "case_date", "date_in", "whole_number"]

LETTERS = "ABCDE"
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
SHARES_SUM = range(95, 106)
"""Rounded percentages of five options sum to 99 to 102 in the public table; far from it they mean nothing."""


@dataclass(frozen=True)
class Case:
    """A case before it is checked.

    Attributes:
        day: ISO date of publication, the id of the case.
        options: five texts.
        answer: A to E; empty where the right option is not known.
        images: in order; none where they were not found.
        votes: percentages of readers by option as text; empty where there are none.
        total: number of readers as text.
        place: file and row, for errors.
    """

    day: str
    question: str
    options: tuple[str, ...]
    answer: str
    images: tuple[ImageRef, ...]
    votes: tuple[str, ...] = ()
    total: str = ""
    place: str = ""

    def values(self) -> dict[str, Value]:
        """The columns of the source."""
        shares = [whole_number(vote.replace("%", "")) for vote in self.votes]
        known = [share for share in shares if share is not None]
        # a share stands alone where others are unreadable; all five must fit each other
        bad = len(known) == len(LETTERS) and sum(known) not in SHARES_SUM
        answer = LETTERS.index(self.answer)
        return {
            "question": self.question,
            "options": self.options,
            "answer": answer,
            "reader_votes": tuple("" if share is None else str(share) for share in shares) or None,
            "reader_share": shares[answer] if shares and not bad else None,
            "reader_count": whole_number(self.total),
        }


def whole_number(text: str) -> int | None:
    """The number in ``96,521`` or ``88321.``; ``None`` for anything else."""
    plain = text.strip().rstrip(".").replace(",", "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() else None


def case_date(text: str, place: str = "nejm") -> str:
    """ISO date of ``apr-01-2010`` or ``2010-04-01``, whatever the machine's language.

    Raises:
        DataError: MB604, the text is no such date.
    """
    try:
        first, second, third = text.strip().lower().split("-")
        if first.isdigit() and len(first) == 4:
            return date(int(first), int(second), int(third)).isoformat()
        return date(int(third), MONTHS.index(first[:3]) + 1, int(second)).isoformat()
    except ValueError as error:
        hint = "dates are written oct-13-2005 or 2005-10-13"
        raise DataError("MB604", f"no date of a case: {text!r}", place, hint) from error


def date_in(name: str) -> str:
    """ISO date in a name such as ``IC20051013`` or ``2005-10-13``; empty where there is none."""
    found = re.search(r"(?<!\d)(\d{4})-?(\d\d)-?(\d\d)(?!\d)", name)
    try:
        return date(*(int(part) for part in found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def answer_letter(text: str, options: Sequence[str]) -> str:
    """A to E for an answer written as a letter, as ``B. text`` or as the text of an option; else empty."""
    plain = _plain(text)
    for letter, option in zip(LETTERS, options, strict=False):
        if plain in {letter.casefold(), _plain(option)} or re.fullmatch(
            rf"{letter}[.):]\s*{re.escape(_plain(option))}", plain, re.IGNORECASE
        ):
            return letter
    return ""


def _plain(text: str) -> str:
    return " ".join(text.split()).rstrip(".").casefold()
