"""The tokens of an answer option as the model would write it after a prompt."""

from __future__ import annotations

from typing import Any

from medbench_hf.marks import Marks

__all__ = ["option_tokens"]


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


def _ids(tokenizer: Any, text: str) -> list[int]:
    return [int(token) for token in tokenizer(text, add_special_tokens=False)["input_ids"]]
