"""``medbench schema``: a JSON Schema for editors and other tools, or the page about it for people."""

from __future__ import annotations

import argparse
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.format_option import add_format, chosen_format

__all__ = ["NAMES", "register"]

NAMES = ("task", "suite", "source", "reference", "record", "analysis", "leaderboard", "config")


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("schema", help="print a JSON Schema, or the page about it")
    parser.add_argument("name", choices=NAMES, help="which one")
    add_format(parser, ("json", "markdown"), "the schema itself, or a page that says what each key is")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print it."""
    from medbench.spec import load_schema

    schema = load_schema(arguments.name)
    if chosen_format(arguments) == "json":
        from medbench.cli.display import print_json

        print_json(schema)
    else:
        from medbench.spec.document import schema_page

        print(schema_page(arguments.name, schema), end="")
    return 0
