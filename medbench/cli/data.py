"""``medbench data``: what is there, whether it is right, and synthetic samples of it."""

from __future__ import annotations

from typing import Any

from medbench.cli import data_prepare, data_sample, data_status, data_verify
from medbench.cli.arguments import Parser

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command and its verbs."""
    parser: Parser = commands.add_parser("data", help="see, prepare and check data; make synthetic samples")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    for module in (data_status, data_prepare, data_verify, data_sample):
        module.register(verbs)
