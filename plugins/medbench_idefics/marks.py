"""The special tokens of an IDEFICS tokenizer, read from its files without loading it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["END_OF_UTTERANCE", "FAKE", "IMAGE", "Marks"]

FAKE, IMAGE, END_OF_UTTERANCE = "<fake_token_around_image>", "<image>", "<end_of_utterance>"


@dataclass(frozen=True)
class Marks:
    """What the prompt format writes beside the text.

    Attributes:
        begin: the token that every prompt starts with.
        turn_end: ``<end_of_utterance>`` where the tokenizer knows it (instruct weights), else empty.
    """

    begin: str = "<s>"
    turn_end: str = END_OF_UTTERANCE

    @classmethod
    def read(cls, folder: Path) -> Marks:
        """From ``tokenizer_config.json``, ``tokenizer.json`` and ``added_tokens.json``, where they exist."""
        begin = _json(folder / "tokenizer_config.json").get("bos_token") or cls.begin
        added = {token["content"] for token in _json(folder / "tokenizer.json").get("added_tokens", [])}
        added |= set(_json(folder / "added_tokens.json"))
        return cls(
            begin=begin["content"] if isinstance(begin, dict) else begin,
            turn_end=END_OF_UTTERANCE if END_OF_UTTERANCE in added else "",
        )


def _json(file: Path) -> dict[str, Any]:
    return dict(json.loads(file.read_text(encoding="utf-8"))) if file.is_file() else {}
