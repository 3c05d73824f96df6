"""``medbench validate``: every fault of specs, suites, source cards, settings and results."""

from __future__ import annotations

import argparse
from functools import cache
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.format_option import add_format, chosen_format
from medbench.errors import ExitCode

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("validate", help="check specs, suites, source cards and records")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR", help="files, or folders to search")
    add_format(parser, ("text", "json", "github"), "for people, for programs, or as annotations on GitHub")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Check everything, show every fault; exit 2 when there is one."""
    from medbench.cli.context import catalogue, every_plugin, plugins
    from medbench.cli.fault_formats import Checked, show_checked
    from medbench.cli.validate_check import Checker
    from medbench.cli.validate_files import find_files

    form = chosen_format(arguments)
    found = find_files(arguments.paths)
    loaded = cache(lambda: plugins(arguments))
    specs = cache(lambda: catalogue(arguments, loaded()))
    checker = Checker(specs, loaded, every_plugin(arguments))
    faults = [fault for file, folder in found.files.items() for fault in checker.faults(file, folder)]
    checked = Checked.of(len(found.files), found.skipped, faults, checker.notes)
    show_checked(checked, form)
    return ExitCode.USAGE if checked.faults else ExitCode.OK
