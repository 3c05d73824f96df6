"""Question, five options and the answer in lines of text, as case folders and slides hold them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from medbench.cohort.sources.nejm_case import LETTERS, answer_letter
from medbench.errors import DataError

__all__ = ["find_answer", "letter_of", "question_and_options"]

ANSWER = re.compile(r"(?i)(?:correct )?answer\s*:\s*(.*)")
LABEL = re.compile(r"([A-Ea-e1-5])\s*[.):]\s+(.+)")
HEADING = re.compile(r"(?i)(?:options|choices|answers?)\s*:?")


def find_answer(lines: Sequence[str]) -> tuple[int, str]:
    """Place and text of the first line ``Answer: …``; ``(-1, "")`` where there is none."""
    for number, line in enumerate(lines):
        match = ANSWER.fullmatch(line.strip())
        if match:
            return number, match[1]
    return -1, ""


def question_and_options(lines: Sequence[str], place: str) -> tuple[str, tuple[str, ...]]:
    """The last five lines are the options, with or without ``A.`` or ``1.``; what precedes is the question.

    Raises:
        DataError: MB604, there are too few lines, or two options are equal.
    """
    filled = [" ".join(line.split()) for line in lines if line.strip()]
    question = " ".join(line for line in filled[:-5] if not HEADING.fullmatch(line))
    labelled = [LABEL.fullmatch(line) for line in filled[-5:]]
    options = [match[2] if match else line for match, line in zip(labelled, filled[-5:], strict=True)]
    labels = "".join(match[1] for match in labelled if match).upper()
    if labels and labels not in {LETTERS, "12345"}:
        # a text such as "1. degree block" among plain ones is part of the option
        options = filled[-5:]
    if not question or len({option.casefold() for option in options}) != len(LETTERS):
        hint = "a question, and below it five different options, one a line"
        raise DataError("MB604", "no question with five options", place, hint)
    return re.sub(r"(?i)^question\s*:\s*", "", question), tuple(options)


def letter_of(text: str, options: Sequence[str], place: str) -> str:
    """The letter of an answer that was written down.

    Raises:
        DataError: MB604, it is none of the options.
    """
    letter = answer_letter(text, options)
    if text.strip() and not letter:
        raise DataError("MB604", "the answer is none of the five options", place)
    return letter
