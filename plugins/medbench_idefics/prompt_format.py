"""How a prompt is written for IDEFICS.

Chat: the format of the instruct weights (transformers, ``docs/source/en/tasks/idefics.md``): ``User:`` and
``Assistant:`` on lines of their own, each finished turn closed by ``<end_of_utterance>``, an image wherever
it stands in its turn. The weights have no system role; a system turn is written as plain text before the
talk, as the authors' own playground did. Verbatim turns are written as they stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from medbench.errors import PluginError
from medbench.models import ImagePart, Part, Prompt, Turn
from medbench_idefics.marks import END_OF_UTTERANCE, FAKE, IMAGE, Marks

if TYPE_CHECKING:
    from PIL import Image

__all__ = ["items", "processor_items", "rendered"]


def items(prompt: Prompt, marks: Marks) -> list[Part]:
    """Text and images in reading order, neighbouring texts joined, without the opening token.

    Raises:
        PluginError: MB721, a text holds one of the model's own marks.
    """
    joined: list[Part] = []
    for part in _written(prompt, marks):
        if isinstance(part, str) and joined and isinstance(joined[-1], str):
            joined[-1] += part
        elif part != "":
            joined.append(part)
    return joined


def rendered(parts: Iterable[Part], marks: Marks) -> str:
    """The text that the processor makes: each text stripped of blanks, each image as its marks.

    Two images side by side share the mark between them.
    """
    text, after_image = marks.begin, False
    for part in parts:
        is_image = isinstance(part, ImagePart)
        if isinstance(part, ImagePart):
            text += (IMAGE if after_image else FAKE + IMAGE) + FAKE
        else:
            text += part.strip(" ")
        after_image = is_image
    return text


def processor_items(parts: Iterable[Part]) -> list[str | Image.Image]:
    """What to hand to ``IdeficsProcessor``, which fetches any text item that is a URL and nothing else.

    Such a text is cut after its scheme. The processor joins the pieces again, and neither is a URL: the first
    has no host, the second no scheme.
    """
    handed: list[str | Image.Image] = []
    for part in parts:
        if isinstance(part, ImagePart):
            handed.append(part.image)
        elif " " in part.strip(" ") or ":" not in part:
            handed.append(part)
        else:
            scheme, colon, rest = part.partition(":")
            handed += [piece for piece in (scheme + colon, rest) if piece]
    return handed


def _written(prompt: Prompt, marks: Marks) -> Iterator[Part]:
    for number, turn in enumerate(prompt.turns):
        _refuse_marks(turn)
        if turn.role == "verbatim":
            yield from turn.parts
            yield marks.turn_end if turn.closed else ""
        elif turn.role == "system":
            yield from turn.parts
            yield "\n"
        else:
            yield from _chat_turn(turn, opening=number == 0 or prompt.turns[number - 1].role == "system")
            yield marks.turn_end
    if prompt.turns and prompt.turns[-1].role == "user":
        yield "\nAssistant:"


def _chat_turn(turn: Turn, opening: bool) -> Iterator[Part]:
    yield ("" if opening else "\n") + ("User:" if turn.role == "user" else "Assistant:")
    if turn.parts and isinstance(turn.parts[0], str):
        yield " "
    yield from turn.parts


def _refuse_marks(turn: Turn) -> None:
    # A verbatim turn may close an utterance by hand, as the paper's own prompt does; an image mark without
    # its image would shift every later image by one.
    refused = (FAKE, IMAGE) if turn.role == "verbatim" else (FAKE, IMAGE, END_OF_UTTERANCE)
    for part in turn.parts:
        found = next((mark for mark in refused if isinstance(part, str) and mark in part), None)
        if found:
            raise PluginError("MB721", f"a prompt's text holds the model's own mark {found}", where="idefics")
