"""``medbench data``: what is there, and synthetic samples of it."""

from __future__ import annotations

import argparse
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, data_root, plugins, source_paths, wants_json
from medbench.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from medbench.cohort import SourceState
    from medbench.spec import Task

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command and its two verbs."""
    parser: Parser = commands.add_parser("data", help="see what data is there; make synthetic samples")
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser, required=True)
    status = verbs.add_parser("status", help="each task's sources: ready or missing, and where to ask")
    status.add_argument(
        "--data-root", metavar="D", help="folder with one folder a source; else MEDBENCH_DATA_ROOT"
    )
    status.add_argument("--task", "-t", action="append", default=[], metavar="T", help="only this task")
    add_global_options(status)
    status.set_defaults(execute=execute_status, parser=status)
    sample = verbs.add_parser(
        "sample", help="write small synthetic copies of every source, in the provider's layout"
    )
    sample.add_argument("--root", type=Path, metavar="DIR", required=True, help="where the source folders go")
    sample.add_argument(
        "--source", action="append", default=[], metavar="ID", help="only this source; may be repeated"
    )
    add_global_options(sample)
    sample.set_defaults(execute=execute_sample, parser=sample)


def execute_status(arguments: argparse.Namespace) -> int:
    """One row a task and source."""
    from medbench.cohort import source_states

    specs = catalogue(arguments, plugins(arguments))
    root = data_root(arguments)
    tasks = [specs.task(name) for name in arguments.task or specs.task_files]
    paths = source_paths(arguments, specs)
    rows = [
        row for task in tasks for row in _rows(task, specs.cards(task), source_states(task.data, root, paths))
    ]
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(rows)
    else:
        from medbench.cli.display import print_table

        print_table("Data", list(rows[0]), [list(row.values()) for row in rows])
    return 0


def _rows(
    task: Task, cards: Mapping[str, Mapping[str, Any]], states: Sequence[SourceState]
) -> list[dict[str, str]]:
    return [
        {
            "task": task.id,
            "source": state.source,
            "state": "missing" if state.lack else "ready",
            "why": state.lack,
            "access": cards[state.source]["access"]["url"] or cards[state.source]["access"]["how"],
            "licence": cards[state.source]["licence"],
        }
        for state in states
    ]


def execute_sample(arguments: argparse.Namespace) -> int:
    """Write samples; a folder that holds something else is left alone."""
    from medbench.cohort.samples import write_samples
    from medbench.cohort.sources import READERS

    for name in arguments.source:
        if name not in READERS:
            raise UsageError("MB017", f"unknown source {name!r}", "--source", did_you_mean(name, READERS))
    written = write_samples(arguments.root, arguments.source or None)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"root": str(arguments.root), "sources": written})
    else:
        print(f"{len(written)} synthetic sources in {arguments.root}")
        print("They test the harness and say nothing about medicine.")
    return 0
