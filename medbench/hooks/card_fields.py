"""Whether the fields of a model's card are what they must be: nobody else checks a plugin's types."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import get_args

from medbench.models import Capability, ModelCard

__all__ = ["wrong_field"]

MODULE = re.compile(r"\w+(\.\w+)*")
TARGET = re.compile(r"\w+(\.\w+)*:\w+")
INPUTS = ("image", "images", "volume")
TEXTS = ("summary", "address", "revision", "licence", "training_cutoff", "training_data", "cite", "extra")

Test = Callable[[object], bool]


def _text(value: object) -> bool:
    return isinstance(value, str)


def _target(value: object) -> bool:
    return isinstance(value, str) and bool(TARGET.fullmatch(value))


def _names(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(name, str) and name for name in value)


def _modules(value: object) -> bool:
    return isinstance(value, tuple) and all(isinstance(m, str) and MODULE.fullmatch(m) for m in value)


def _words(known: tuple[str, ...]) -> Test:
    return lambda value: isinstance(value, set | frozenset) and value <= set(known)


def _count(value: object) -> bool:
    return value is None or (isinstance(value, int) and not isinstance(value, bool) and value >= 0)


def _yes_or_no(value: object) -> bool:
    return isinstance(value, bool)


FIELDS: dict[str, tuple[Test, str]] = {
    "opener": (_target, "text like 'module:callable'"),
    "capabilities": (_words(get_args(Capability)), f"a set of {', '.join(get_args(Capability))}"),
    "inputs": (_words(INPUTS), f"a set of {', '.join(INPUTS)}"),
    "aliases": (_names, "a tuple of names"),
    "requires": (_modules, "a tuple of names of modules, as in requires=('torch',)"),
    "arguments": (_names, "a tuple of names"),
    "quantizations": (_names, "a tuple of names"),
    "egress": (lambda value: value in ("none", "remote"), "'none' or 'remote'"),
    "checkpoint_writer": (lambda value: value == "" or _target(value), "text like 'module:callable'"),
    **dict.fromkeys(TEXTS, (_text, "text")),
    **dict.fromkeys(("parameters", "blocks", "width"), (_count, "a whole number of at least 0, or None")),
    **dict.fromkeys(("row_seeds", "needs_weights"), (_yes_or_no, "True or False")),
}


def wrong_field(card: ModelCard) -> str:
    """What the first wrong field holds and should hold; empty where all are right."""
    for name, (right, expected) in FIELDS.items():
        value = getattr(card, name)
        if not right(value):
            return f"a card whose {name} is {value!r}, expected {expected}"
    return ""
