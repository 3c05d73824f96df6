"""``medbench data sample``: small synthetic copies of the sources."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import wants_json
from medbench.cli.provider_folders import refuse_provider_folders
from medbench.errors import UsageError, did_you_mean

__all__ = ["register"]

LARGEST = 100
"""About 1.2 GB; ids of the samples have room for no more."""

USABLE = 0.6
"""From here on every task has enough rows of each class; below, T7 has no label with enough positives."""


def register(verbs: Any) -> None:
    """Add the verb."""
    parser: Parser = verbs.add_parser(
        "sample", help="write small synthetic copies of every source, in the provider's layout"
    )
    parser.add_argument("--root", type=Path, metavar="DIR", required=True, help="where the source folders go")
    parser.add_argument(
        "--source", action="append", default=[], metavar="ID", help="only this source; may be repeated"
    )
    parser.add_argument(
        "--scale",
        metavar="X",
        default="1",
        help="times as many samples; 1 makes 12 MB, all tasks run from 0.6 on (default: 1)",
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Write samples; a folder that holds something else is left alone."""
    from medbench.cohort.samples import write_samples
    from medbench.cohort.sources import READERS

    for name in arguments.source:
        if name not in READERS:
            raise UsageError("MB017", f"unknown source {name!r}", "--source", did_you_mean(name, READERS))
    refuse_provider_folders(arguments, {"--root": arguments.root})
    scale = _scale(arguments.scale)
    written = write_samples(arguments.root, arguments.source or None, scale)
    if scale < USABLE:
        print(f"medbench: below --scale {USABLE} some tasks have too few rows to run", file=sys.stderr)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"root": str(arguments.root), "sources": written})
    else:
        print(f"{len(written)} synthetic sources in {arguments.root}")
        print("They test the harness and say nothing about medicine.")
    return 0


def _scale(text: str) -> float:
    try:
        scale = float(text)
    except ValueError:
        scale = 0.0
    if not 0 < scale <= LARGEST:
        raise UsageError("MB014", f"{text!r} is no scale", "--scale", f"a number above 0, at most {LARGEST}")
    return scale
