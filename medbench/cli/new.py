"""``medbench new``: make something to start from."""

from __future__ import annotations

from typing import Any

from medbench.cli import new_checkpoint, new_plugin, new_task
from medbench.cli.arguments import Parser

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command and what it makes."""
    parser: Parser = commands.add_parser(
        "new", help="make a task or a plugin of your own, or a tiny checkpoint"
    )
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", parser_class=Parser, required=True)
    for module in (new_task, new_plugin, new_checkpoint):
        module.register(kinds)
