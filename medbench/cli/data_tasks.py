"""What the verbs of ``medbench data`` share: which tasks, and where their sources lie."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from medbench.cli.arguments import Parser
from medbench.cli.context import catalogue, data_root, plugins, source_paths

if TYPE_CHECKING:
    from medbench.cohort import SourceState
    from medbench.spec import Catalogue, Task

__all__ = ["add_data_options", "chosen_tasks", "describe_counts"]


def add_data_options(parser: Parser) -> None:
    """``--data-root`` and ``--task``."""
    parser.add_argument(
        "--data-root", metavar="D", help="folder with one folder a source; else MEDBENCH_DATA_ROOT"
    )
    parser.add_argument(
        "--task", "-t", action="append", default=[], metavar="T", help="only this task; may be repeated"
    )


def chosen_tasks(arguments: argparse.Namespace) -> tuple[Catalogue, list[tuple[Task, list[SourceState]]]]:
    """The tasks that the line names, else all that there are, each with the state of its sources.

    Raises:
        UsageError: a task or folder that does not exist.
        SpecError: an invalid spec or ``medbench.toml``.
    """
    from medbench.cohort import source_states

    specs = catalogue(arguments, plugins(arguments))
    root, paths = data_root(arguments), source_paths(arguments, specs)
    named = list(dict.fromkeys(arguments.task)) or list(specs.task_files)
    tasks = {task.id: task for task in map(specs.task, named)}
    return specs, [(task, source_states(task.data, root, paths)) for task in tasks.values()]


def describe_counts(counts: dict[str, dict[str, int]]) -> str:
    """``train 40 (20), test 10 (5)``: rows, and groups where they differ."""
    return ", ".join(
        f"{split} {n['rows']:,}" + ("" if n["groups"] == n["rows"] else f" ({n['groups']:,})")
        for split, n in counts.items()
    )
