"""How a prompt is written: chat turns by the model's own template, verbatim turns as they stand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from medbench.errors import PluginError
from medbench.models import ImagePart, Prompt, Turn
from medbench_hf.marks import Marks

__all__ = ["prompt_text"]


def prompt_text(prompt: Prompt, processor: Any, marks: Marks) -> str:
    """The text that the processor gets: each image as the model's own mark, the answer's turn opened.

    Nothing in it is read as an address: images are handed over apart from it, in reading order.

    Raises:
        PluginError: MB721, a text holds one of the model's own marks, or verbatim and chat turns are mixed;
            MB731, the model has no chat template, or its template refuses these turns.
    """
    verbatim = {turn.role == "verbatim" for turn in prompt.turns}
    if len(verbatim) > 1:
        raise PluginError("MB721", "a prompt mixes verbatim turns with chat turns", where="hf")
    for turn in prompt.turns:
        _refuse_marks(
            turn, marks.image_tokens if turn.role == "verbatim" else marks.special | marks.image_tokens
        )
    if verbatim == {True}:
        return "".join(_as_it_stands(turn, marks) for turn in prompt.turns)
    return _by_template(prompt, processor)


def _as_it_stands(turn: Turn, marks: Marks) -> str:
    text = "".join(marks.image if isinstance(part, ImagePart) else part for part in turn.parts)
    return text + marks.turn_end if turn.closed else text


def _by_template(prompt: Prompt, processor: Any) -> str:
    if not processor.chat_template:
        hint = "verbatim prompts, as of probe tasks, work"
        raise PluginError("MB731", "this model has no chat template", where="hf", hint=hint)
    from jinja2 import TemplateError

    messages = [{"role": turn.role, "content": [_part(part) for part in turn.parts]} for turn in prompt.turns]
    opened = bool(prompt.turns) and prompt.turns[-1].role == "user"
    try:
        return str(processor.apply_chat_template(messages, tokenize=False, add_generation_prompt=opened))
    except TemplateError as fault:
        raise PluginError("MB731", f"the model's chat template refuses the prompt: {fault}", "hf") from fault


def _part(part: str | ImagePart) -> dict[str, str]:
    return {"type": "image"} if isinstance(part, ImagePart) else {"type": "text", "text": part}


def _refuse_marks(turn: Turn, refused: Collection[str]) -> None:
    for part in turn.parts:
        found = next((mark for mark in sorted(refused) if isinstance(part, str) and mark in part), None)
        if found:
            raise PluginError("MB721", f"a prompt's text holds the model's own mark {found}", where="hf")
