"""``medbench schema``: print a JSON Schema for editors and other tools."""

from __future__ import annotations

import argparse
from typing import Any

from medbench.cli.arguments import Parser, add_global_options

__all__ = ["register"]

NAMES = ("task", "suite", "source", "reference", "record", "leaderboard")


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("schema", help="print a JSON Schema")
    parser.add_argument("name", choices=NAMES, help="which one")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print it."""
    from medbench.cli.display import print_json
    from medbench.spec import load_schema

    print_json(load_schema(arguments.name))
    return 0
