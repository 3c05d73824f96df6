"""The model's own turn: what it wrote before it went on to invent the next question."""

from __future__ import annotations

import re

__all__ = ["own_turn"]

_OWN_NAME = re.compile(r"\s*(?:<\|[a-z_]+\|>\s*)?(?:assistant|ASSISTANT|Assistant)\s*:\s*")
_NEXT_TURN = re.compile(
    r"<end_of_utterance>|</s>|<\|[a-z_]*end[a-z_]*\|>|<\|eot_id\|>|<end_of_turn>|<fake_token_around_image>|<image>"
    r"|(?<!\S)(?:#+ *)?(?:User|USER|Human|HUMAN|Question|QUESTION|Assistant|ASSISTANT|Instruction)\s*:"
)


def own_turn(reply: str) -> str:
    """``reply`` without the model's own role name, up to the first mark or name of another turn.

    >>> own_turn("Assistant: B. Psoriasis\\nUser: And this one?\\nAssistant: C.")
    'B. Psoriasis'
    """
    name = _OWN_NAME.match(reply)
    own = reply[name.end() :] if name else reply
    following = _NEXT_TURN.search(own)
    return own[: following.start()].strip() if following else own.strip()
