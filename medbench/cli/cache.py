"""``medbench cache``: what the store holds, whether it is whole, and getting disk back."""

from __future__ import annotations

from typing import Any

from medbench.cli import cache_list, cache_prune, cache_verify
from medbench.cli.arguments import Parser

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command and its verbs."""
    parser: Parser = commands.add_parser("cache", help="see, check and prune stored activations and replies")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    for module in (cache_list, cache_verify, cache_prune):
        module.register(verbs)
