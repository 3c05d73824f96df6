"""Argument parsing whose errors name the nearest known word; ``_`` and ``-`` in option names are the same."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from medbench.errors import UsageError, did_you_mean

__all__ = ["Parser", "add_global_options", "key_values", "parse", "positive"]


class Parser(argparse.ArgumentParser):
    """An ``ArgumentParser`` that raises ``UsageError`` and never guesses an abbreviation."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("allow_abbrev", False)
        super().__init__(*args, **kwargs)

    def error(self, message: str) -> NoReturn:
        raise UsageError("MB010", message, where=self.prog, hint=self.format_usage().strip())

    def _check_value(self, action: argparse.Action, value: Any) -> None:
        if action.choices is not None and value not in action.choices:
            what = "command" if isinstance(action, argparse._SubParsersAction) else action.dest
            names = [str(choice) for choice in action.choices]
            raise UsageError(
                "MB011", f"unknown {what} {value!r}", where=self.prog, hint=did_you_mean(str(value), names)
            )


def parse(parser: Parser, argv: Sequence[str]) -> argparse.Namespace:
    """Parse; an option that does not exist is named with the nearest one that does.

    Raises:
        UsageError: anything on the line is not understood.
    """
    namespace, rest = parser.parse_known_args([_hyphens(token) for token in argv])
    if rest:
        unknown = next((token for token in rest if token.startswith("-")), rest[0])
        name = unknown.partition("=")[0]
        known = _options(getattr(namespace, "parser", parser))
        hint = did_you_mean(name, known) if name.startswith("-") else f"see {parser.prog} --help"
        raise UsageError(
            "MB012", f"unknown option {name!r}" if name.startswith("-") else f"unexpected {name!r}", hint=hint
        )
    return namespace


def _hyphens(token: str) -> str:
    if not token.startswith("--"):
        return token
    name, equals, value = token.partition("=")
    return name.replace("_", "-") + equals + value


def _options(parser: argparse.ArgumentParser) -> list[str]:
    return [option for option in parser._option_string_actions if option.startswith("--")]


def add_global_options(parser: argparse.ArgumentParser) -> None:
    """Options that stand before the command or after it."""
    absent = argparse.SUPPRESS
    group = parser.add_argument_group("everywhere")
    group.add_argument("--json", action="store_true", default=absent, help="print data as JSON")
    group.add_argument(
        "--plugin", action="append", type=Path, default=absent, metavar="FILE", help="load a plugin file"
    )
    group.add_argument(
        "--no-plugins", action="store_true", default=absent, help="only the plugins of medbench itself"
    )
    group.add_argument(
        "--cache-dir", type=Path, default=absent, metavar="DIR", help="activations, replies and cohorts"
    )
    group.add_argument(
        "--include-path", action="append", type=Path, default=absent, metavar="DIR", help="further task specs"
    )
    group.add_argument(
        "--config", type=Path, default=absent, metavar="FILE", help="settings; else the nearest medbench.toml"
    )
    group.add_argument("--no-config", action="store_true", default=absent, help="read no medbench.toml")


def key_values(pairs: Sequence[str], option: str) -> dict[str, str]:
    """``["k=v", "k2=v2"]`` as a mapping.

    Raises:
        UsageError: a pair has no ``=`` or a key stands twice.
    """
    found: dict[str, str] = {}
    for pair in pairs:
        key, equals, value = pair.partition("=")
        if not equals or not key:
            raise UsageError("MB013", f"{pair!r} is not key=value", where=option)
        if key in found:
            raise UsageError("MB013", f"{key!r} stands twice", where=option)
        found[key] = value
    return found


def positive(name: str) -> Callable[[str], int]:
    """An argparse type: a whole number of at least 1."""

    def convert(text: str) -> int:
        if not text.isdigit() or int(text) < 1:
            raise UsageError("MB014", f"{text!r} is not a whole number of at least 1", where=name)
        return int(text)

    return convert
