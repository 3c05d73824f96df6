"""``medbench data status``: one line a task: what is there, what is not, and where to ask."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import add_global_options
from medbench.cli.context import cache_folder, wants_json
from medbench.cli.data_tasks import add_data_options, chosen_tasks

if TYPE_CHECKING:
    from medbench.cohort.standing import Standing
    from medbench.spec import Task

__all__ = ["register"]

NOWHERE = "no data folder named"


def register(verbs: Any) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "status", help="each task's data: ready, partial, missing or altered, why, and where to ask"
    )
    add_data_options(parser)
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """One row a task, and in it one a source."""
    from medbench.cohort.standing import task_standing

    specs, tasks = chosen_tasks(arguments)
    cache = cache_folder(arguments)
    rows = []
    for task, states in tasks:
        # a source of a hundred thousand files takes seconds
        if sys.stderr.isatty():
            print(f"looking at {task.id} …   ", end="\r", file=sys.stderr, flush=True)
        rows.append(_row(task, task_standing(task, states, cache), specs.cards(task)))
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(rows)
    else:
        from medbench.cli.display import print_table

        columns = [name for name in rows[0] if name != "sources"]
        print_table("Data", columns, [[row[name] for name in columns] for row in rows])
        if any(NOWHERE in row["why"] for row in rows):
            print("name the folder above the sources: --data-root D, MEDBENCH_DATA_ROOT or medbench.toml")
    return 0


def _row(task: Task, standing: Standing, cards: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    sources = [
        {
            "source": source,
            "state": state,
            "why": why,
            "access": cards[source]["access"]["url"] or cards[source]["access"]["how"],
            "licence": cards[source]["licence"],
        }
        for source, (state, why) in standing.sources.items()
    ]
    # of what is missing; of all where nothing is
    asked = [source for source in sources if source["state"] != "ready"] or sources
    return {
        "task": task.id,
        "state": standing.state,
        "why": standing.why,
        "access": ", ".join(dict.fromkeys(source["access"] for source in asked)),
        "licence": "; ".join(dict.fromkeys(source["licence"] for source in asked)),
        "sources": sources,
    }
