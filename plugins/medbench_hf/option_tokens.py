"""The tokens of an answer option as the model would write it after a prompt."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from medbench_hf.marks import Marks

__all__ = ["option_tokens", "read_text"]


def option_tokens(text: str, option: str, tokenizer: Any, marks: Marks) -> list[int]:
    """Ids of ``option`` behind ``text``, without those of ``text``.

    A blank stands between them unless the text ends, or the option begins, with white space, or the text ends
    with a special token: ``Answer:`` is followed by `` fracture``, a line break by ``fracture``.
    """
    closed = text[-1:].isspace() or option[:1].isspace() or text.endswith(tuple(marks.special))
    written = option if closed or not text else f" {option}"
    before, whole = (_ids(tokenizer, part) for part in (text, text + written))
    if whole[: len(before)] == before:
        return whole[len(before) :]
    # The tokenizer joins the seam into one token, which a model that writes on from the prompt cannot.
    return _ids(tokenizer, written)


def read_text(text: str, ids: Sequence[int], tokenizer: Any, marks: Marks) -> str:
    """``text`` as the model reads it, with the break or mark that its processor puts behind.

    PaliGemma's closes every prompt with a line break that no rendered text has.

    Args:
        text: what the processor was given.
        ids: what it made of that, without padding behind.
    """
    last = str(tokenizer.decode([int(ids[-1])]))
    added = (last.isspace() or last in marks.special) and not text.endswith(last)
    return text + last if added else text


def _ids(tokenizer: Any, text: str) -> list[int]:
    return [int(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"]]
