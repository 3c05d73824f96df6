"""Prompt templates of choice tasks: roles and slots here, the model's own chat format in its plugin."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from medbench.models import ImagePart, Prompt, Turn

__all__ = ["TEMPLATES", "Case", "build_prompt"]


@dataclass(frozen=True)
class Case:
    """One multiple-choice case with its images decoded; ``answer`` is the index of the right option."""

    question: str
    options: tuple[str, ...]
    answer: int
    images: tuple[ImagePart, ...]


def build_prompt(template: str, exemplars: Sequence[Case], case: Case) -> Prompt:
    """Solved exemplars in order, then the case; the model answers in what follows."""
    solved, asked = TEMPLATES[template]
    turns = [turn for exemplar in exemplars for turn in solved(exemplar)]
    return Prompt((*turns, asked(case)), options=case.options)


def _chat_solved(case: Case) -> tuple[Turn, ...]:
    return (_chat_asked(case), Turn("assistant", (_option_text(case),)))


def _chat_asked(case: Case) -> Turn:
    return Turn("user", (*case.images, _numbered(case)))


def _script_solved(case: Case) -> tuple[Turn, ...]:
    text = f"{_numbered(case)}\nAssistant: {_option_text(case)}\n"
    return (Turn("verbatim", ("User:", *case.images, text), closed=True),)


def _script_asked(case: Case) -> Turn:
    return Turn("verbatim", ("User:", *case.images, f"{_numbered(case)}\nAssistant:"))


def _numbered(case: Case) -> str:
    options = "\n".join(f"{number}. {option}" for number, option in enumerate(case.options, 1))
    return f"{case.question}\nChoices:\n{options}"


def _option_text(case: Case) -> str:
    return f"{case.options[case.answer].rstrip('.')}."


TEMPLATES: Mapping[str, tuple[Callable[[Case], tuple[Turn, ...]], Callable[[Case], Turn]]] = {
    "options-numbered-text-answer": (_chat_solved, _chat_asked),
    "nejm-2shot-paper": (_script_solved, _script_asked),
}
"""A solved case and a case to solve, by name. Both number the options and answer with an option's text.

The first leaves roles and marks to the model's own chat format. The second is the text of Han et al.'s script
``nejm_test.py``: ``User:`` and ``Assistant:`` by hand, and a mark at the end of each solved case, which the
processor of its time put between two texts.
"""
