"""``medbench leaderboard``: the board is a pure function of records."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, wants_json

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("leaderboard", help="build the leaderboard from records")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    build = verbs.add_parser("build", help="write leaderboard.json; the same records give the same bytes")
    build.add_argument(
        "results", nargs="+", type=Path, metavar="RESULTS", help="records, or folders that hold them"
    )
    build.add_argument(
        "--output", "-o", type=Path, required=True, metavar="DIR", help="where leaderboard.json goes"
    )
    build.add_argument(
        "--suite", default="all", metavar="S", help="suite over which overall places are given"
    )
    build.add_argument(
        "--check", action="store_true", help="write nothing; exit 1 when the file there differs"
    )
    add_global_options(build)
    build.set_defaults(execute=execute_build, parser=build)


def execute_build(arguments: argparse.Namespace) -> int:
    """Build, or check, the board."""
    from medbench.board import board_json, build_board
    from medbench.cli.display import print_json

    specs = catalogue(arguments)
    file = arguments.output / "leaderboard.json"
    if arguments.check:
        same = file.is_file() and file.read_text(encoding="utf-8") == board_json(
            arguments.results, arguments.suite, specs
        )
        print(f"{file} {'is' if same else 'is NOT'} what the records give")
        return 0 if same else 1
    build_board(arguments.results, arguments.output, arguments.suite, specs)
    if wants_json(arguments):
        print_json({"leaderboard": str(file)})
    else:
        print(f"board  {file}")
    return 0
