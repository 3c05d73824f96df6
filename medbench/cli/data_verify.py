"""``medbench data verify``: every image read, every check made, every finding named by salted ids."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import cache_folder, catalogue, data_root, plugins, source_paths, wants_json
from medbench.cli.data_tasks import add_data_options, chosen_tasks
from medbench.cli.provider_folders import refuse_provider_folders
from medbench.errors import ExitCode, UsageError, did_you_mean

if TYPE_CHECKING:
    from medbench.cohort.checks.findings import Part
    from medbench.cohort.checks.verify import Verified

__all__ = ["register"]

MAX_DISTANCE = 16


def register(verbs: Any) -> None:
    """Add the verb."""
    parser: Parser = verbs.add_parser(
        "verify",
        help="read every image and check counts, editions, duplicates and leaks",
        description="Writes nothing into the sources' folders. Interrupted, the same line goes on.",
    )
    add_data_options(parser)
    parser.add_argument(
        "--source",
        action="append",
        default=[],
        metavar="S",
        help="all of this source, whichever task uses it",
    )
    parser.add_argument(
        "--distance",
        type=_distance,
        default=4,
        metavar="BITS",
        help="bits in which the perceptual hashes of near-duplicates may differ (default: 4)",
    )
    parser.add_argument(
        "--names", type=Path, metavar="FILE", help="write a CSV that says which file each id is; keep it here"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def _distance(text: str) -> int:
    if not text.isdigit() or int(text) > MAX_DISTANCE:
        raise UsageError("MB014", f"{text!r} is not a whole number from 0 to {MAX_DISTANCE}", "--distance")
    return int(text)


def execute(arguments: argparse.Namespace) -> int:
    """Check; 0 when nothing is missing and nothing would be refused, else 3."""
    from medbench.cli.data_report import print_findings, report, write_names
    from medbench.cohort.checks import image_names

    if arguments.task and arguments.source:
        raise UsageError("MB010", "name tasks or sources, not both", "--source")
    cache = cache_folder(arguments)
    refuse_provider_folders(arguments, {"--names": arguments.names, "--cache-dir": cache})
    verified = _verify(arguments, cache)
    name = image_names(cache)
    if arguments.names is not None:
        write_names(arguments.names.expanduser(), verified, name)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(report(verified, name))
    else:
        print_findings(verified, name)
    return ExitCode.OK if verified.is_clean else ExitCode.DATA


def _verify(arguments: argparse.Namespace, cache: Path) -> Verified:
    from medbench.cli.progress import StageProgress
    from medbench.cohort.checks.parts import task_part
    from medbench.cohort.checks.verify import verify

    with StageProgress("verify") as progress:
        if arguments.source:
            parts = _sources(arguments)
        else:
            _, tasks = chosen_tasks(arguments)
            progress.stage("reading tables", len(tasks))
            parts = []
            for task, states in tasks:
                parts.append(task_part(task, states, cache))
                progress.step(1)
        return verify(parts, cache, arguments.distance, progress)


def _sources(arguments: argparse.Namespace) -> list[Part]:
    from medbench.cohort.checks.parts import source_part
    from medbench.cohort.sources import READERS

    for name in arguments.source:
        if name not in READERS:
            raise UsageError("MB017", f"unknown source {name!r}", "--source", did_you_mean(name, READERS))
    specs = catalogue(arguments, plugins(arguments))
    root, paths = data_root(arguments), source_paths(arguments, specs)
    places = {
        name: paths.get(name, root / name if root is not None else None)
        for name in dict.fromkeys(arguments.source)
    }
    return [source_part(name, place, specs.source(name)["discipline"]) for name, place in places.items()]
