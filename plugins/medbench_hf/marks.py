"""What a model writes beside the text, found out by asking its own chat template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

__all__ = ["Marks", "read_marks"]

ASKED, ANSWERED = "ASKED", "ANSWERED"


@dataclass(frozen=True)
class Marks:
    """Special texts.

    Attributes:
        image: what stands for an image in a prompt, before the processor widens it.
        turn_end: what closes a turn; empty where the model has no such token.
        image_tokens: tokens that no text of a prompt may hold.
        special: all special tokens.
    """

    image: str
    turn_end: str
    image_tokens: frozenset[str]
    special: frozenset[str]


def read_marks(processor: Any) -> Marks:
    """Render a turn with and without an image, and an answered turn, and look at the difference."""
    tokenizer = processor.tokenizer
    added = tokenizer.added_tokens_decoder.values()
    special = {token.content for token in added if token.special} | set(tokenizer.all_special_tokens)
    own = getattr(processor, "boi_token", None) or processor.image_token
    image, turn_end = own, ""
    if processor.chat_template:
        image = _image(processor) or own
        turn_end = _turn_end(processor, special)
    tokens = {image, own, processor.image_token, getattr(tokenizer, "image_token", None) or own}
    return Marks(image, turn_end, frozenset(tokens), frozenset(special - {""}))


def _image(processor: Any) -> str:
    text = {"type": "text", "text": ASKED}
    without, with_image = (
        processor.apply_chat_template([{"role": "user", "content": content}], tokenize=False)
        for content in ([text], [{"type": "image"}, text])
    )
    start = _shared(without, with_image)
    end = _shared(without[start:][::-1], with_image[start:][::-1])
    return str(with_image[start : len(with_image) - end]).strip()


def _shared(first: str, second: str) -> int:
    """Length of the common beginning."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((at for at, (a, b) in pairs if a != b), min(len(first), len(second)))


def _turn_end(processor: Any, special: set[str]) -> str:
    turns = [("user", ASKED), ("assistant", ANSWERED)]
    messages = [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in turns]
    written = processor.apply_chat_template(messages, tokenize=False)
    after = written.rpartition(ANSWERED)[2].lstrip()
    return max((mark for mark in special if after.startswith(mark)), key=len, default="")
