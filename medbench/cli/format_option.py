"""``--format``: one way of printing for people, others for programs; ``--json`` is short for one of them."""

from __future__ import annotations

import argparse
from collections.abc import Sequence

from medbench.cli.context import wants_json
from medbench.errors import UsageError

__all__ = ["add_format", "chosen_format"]


def add_format(parser: argparse.ArgumentParser, formats: Sequence[str], help: str) -> None:  # noqa: A002
    """Add the option; the first format is what is printed when nothing is said."""
    parser.add_argument("--format", choices=formats, default=None, help=f"{help}; else {formats[0]}")
    parser.set_defaults(formats=tuple(formats))


def chosen_format(arguments: argparse.Namespace) -> str:
    """The format that the line asks for.

    Raises:
        UsageError: ``--json`` together with another format (MB010).
    """
    named: str | None = arguments.format
    if not wants_json(arguments):
        return named or str(arguments.formats[0])
    if named not in (None, "json"):
        raise UsageError("MB010", f"--json and --format {named} contradict each other", where="--format")
    return "json"
