"""``medbench new``: make something to start from."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import plugins, wants_json
from medbench.errors import UsageError

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("new", help="make a tiny checkpoint to try things with")
    kinds = parser.add_subparsers(dest="kind", metavar="KIND", parser_class=Parser, required=True)
    checkpoint = kinds.add_parser(
        "checkpoint", help="tiny random weights of a model's architecture, no download"
    )
    checkpoint.add_argument("--model", "-m", required=True, metavar="M", help="model name")
    checkpoint.add_argument(
        "--output", "-o", type=Path, required=True, metavar="DIR", help="a new or empty folder"
    )
    add_global_options(checkpoint)
    checkpoint.set_defaults(execute=execute_checkpoint, parser=checkpoint)


def execute_checkpoint(arguments: argparse.Namespace) -> int:
    """Write a checkpoint; the folder appears when it is whole."""
    from medbench.runner.demo import write_checkpoint

    folder: Path = arguments.output
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("MB018", "is there already and is not empty", str(folder), "name a new folder")
    card = plugins(arguments).model(arguments.model).card
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write_checkpoint(card, temporary)
        temporary.chmod(0o755)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"model": card.name, "path": str(folder)})
    else:
        print(f"tiny random checkpoint of {card.name} in {folder}")
        print(f"try it: medbench run --model {card.name} --model-args path={folder} --suite demo")
    return 0
