"""``medbench new checkpoint``: tiny random weights to try things with."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import plugins, wants_json
from medbench.cli.whole_folder import write_folder

__all__ = ["register"]


def register(kinds: Any) -> None:
    """Add the command."""
    parser: Parser = kinds.add_parser(
        "checkpoint", help="tiny random weights of a model's architecture, no download"
    )
    parser.add_argument("--model", "-m", required=True, metavar="M", help="model name")
    parser.add_argument(
        "--output", "-o", type=Path, required=True, metavar="DIR", help="a new or empty folder"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Write a checkpoint; the folder appears when it is whole."""
    from medbench.runner.demo import write_checkpoint

    folder: Path = arguments.output
    card = plugins(arguments).model(arguments.model).card
    write_folder(folder, lambda place: write_checkpoint(card, place))
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"model": card.name, "path": str(folder)})
    else:
        print(f"tiny random checkpoint of {card.name} in {folder}")
        print(f"try it: medbench run --model {card.name} --model-args path={folder} --suite demo")
    return 0
