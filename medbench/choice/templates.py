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
    """Solved exemplars in order, then the case; the model answers in the turn that follows."""
    ask, answer = TEMPLATES[template]
    turns: list[Turn] = []
    for exemplar in exemplars:
        turns.append(Turn("user", (*exemplar.images, ask(exemplar))))
        turns.append(Turn("assistant", (answer(exemplar),)))
    turns.append(Turn("user", (*case.images, ask(case))))
    return Prompt(tuple(turns), options=case.options)


def _numbered(case: Case) -> str:
    options = "\n".join(f"{number}. {option}" for number, option in enumerate(case.options, 1))
    return f"{case.question}\nChoices:\n{options}"


def _option_text(case: Case) -> str:
    return f"{case.options[case.answer].rstrip('.')}."


TEMPLATES: Mapping[str, tuple[Callable[[Case], str], Callable[[Case], str]]] = {
    "options-numbered-text-answer": (_numbered, _option_text),
}
"""Question and solved answer, by name. Han et al.'s script numbers the options and answers with the text."""
