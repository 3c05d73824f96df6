"""Where the keys of a TOML text stand; ``tomllib`` gives values without places."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from medbench.spec.faults import Origin
from medbench.spec.parse import Key

__all__ = ["toml_origins"]

KEY = r""""(?:\\.|[^"\\\n])*"|'[^'\n]*'|[A-Za-z0-9_-]+"""
START = re.compile(rf"[ \t]*(?P<table>\[\[?[ \t]*)?(?P<keys>(?:{KEY})(?:[ \t]*\.[ \t]*(?:{KEY}))*)")
TEXTS = r""""{3}(?:\\.|[^\\])*?"{3,5}|'{3}.*?'{3,5}|"(?:\\.|[^"\\\n])*"|'[^'\n]*'"""
TOKEN = re.compile(rf"{TEXTS}|#[^\n]*|[\[\]{{}}\n]", re.DOTALL)


def toml_origins(file: Path, text: str) -> dict[Key, Origin]:
    """Position of every table and key; what stands inside an inline table or array is at its key.

    Args:
        text: valid TOML whose lines end in ``\\n``.
    """
    origins: dict[Key, Origin] = {(): Origin(file, 1, 1)}
    table: Key = ()
    for line, found in _statements(text):
        keys = tuple(map(_plain, re.findall(KEY, found["keys"])))
        table, path = (keys, keys) if found["table"] else (table, (*table, *keys))
        column = found.start("table" if found["table"] else "keys") - found.start() + 1
        for end in range(1, len(path) + 1):
            origins.setdefault(path[:end], Origin(file, line, column))
    return origins


def _statements(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """The beginning of each header and each ``key =``, with its line."""
    line, position = 1, 0
    while position < len(text):
        found = START.match(text, position)
        if found:
            yield line, found
        end = _end(text, found.end() if found else position)
        line += text.count("\n", position, end)
        position = end


def _end(text: str, position: int) -> int:
    """After the line's end at which no bracket and no text is open."""
    depth = 0
    for token in TOKEN.finditer(text, position):
        depth += (token[0] in "[{") - (token[0] in "]}")
        if token[0] == "\n" and depth <= 0:
            return token.end()
    return len(text)


def _plain(key: str) -> str:
    return str(tomllib.loads(f"key = {key}")["key"]) if key[0] in "\"'" else key
