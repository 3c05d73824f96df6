"""The two-shot prompt: solved cases in order, then the case; images before their question."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from PIL import Image

from medbench.choice import TEMPLATES, Case, build_prompt
from medbench.models import ImagePart, Prompt, Turn

NAME = "options-numbered-text-answer"


def _image(name: str) -> ImagePart:
    return ImagePart(Image.new("RGB", (1, 1)), name)


def _case(name: str, answer: int, images: int = 1) -> Case:
    options = (f"{name} gout.", f"{name} scurvy", f"{name} lupus")
    return Case(f"{name}?", options, answer, tuple(_image(f"{name}{i}") for i in range(images)))


def test_written_out() -> None:
    a, b, c = _case("a", 0), _case("b", 2, images=2), _case("c", 1, images=2)
    prompt = build_prompt(NAME, [a, b], c)
    assert prompt.turns == (
        Turn("user", (*a.images, "a?\nChoices:\n1. a gout.\n2. a scurvy\n3. a lupus")),
        Turn("assistant", ("a gout.",)),
        Turn("user", (*b.images, "b?\nChoices:\n1. b gout.\n2. b scurvy\n3. b lupus")),
        Turn("assistant", ("b lupus.",)),
        Turn("user", (*c.images, "c?\nChoices:\n1. c gout.\n2. c scurvy\n3. c lupus")),
    )
    assert prompt.options == c.options
    assert [part.digest for part in prompt.images()] == ["a0", "b0", "b1", "c0", "c1"]


def test_the_published_scripts_text_written_out() -> None:
    a, c = _case("a", 0, images=2), _case("c", 1)
    prompt = build_prompt("nejm-2shot-paper", [a], c)
    solved = "a?\nChoices:\n1. a gout.\n2. a scurvy\n3. a lupus\nAssistant: a gout.\n"
    asked = "c?\nChoices:\n1. c gout.\n2. c scurvy\n3. c lupus\nAssistant:"
    assert prompt.turns == (
        Turn("verbatim", ("User:", *a.images, solved), closed=True),
        Turn("verbatim", ("User:", *c.images, asked)),
    )


@pytest.mark.parametrize("template", TEMPLATES)
def test_the_answer_of_the_case_stays_out(template: str) -> None:
    shot = _case("a", 0)
    prompt, *others = [build_prompt(template, [shot], replace(_case("c", 0), answer=k)) for k in range(3)]
    assert [list(_shown(other)) for other in others] == [list(_shown(prompt))] * 2


def _shown(prompt: Prompt) -> Iterator[str]:
    for part in prompt.parts():
        yield part if isinstance(part, str) else part.digest


def test_without_exemplars_the_case_alone() -> None:
    assert [turn.role for turn in build_prompt(NAME, [], _case("c", 1)).turns] == ["user"]
