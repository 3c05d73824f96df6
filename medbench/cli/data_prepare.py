"""``medbench data prepare``: cohorts written ahead, with what is in them and what was left out."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import cache_folder, wants_json
from medbench.cli.data_tasks import add_data_options, chosen_tasks, describe_counts
from medbench.cli.provider_folders import refuse_provider_folders
from medbench.errors import DataError, ExitCode

if TYPE_CHECKING:
    from medbench.cohort import Cohort, SourceState
    from medbench.spec import Task

__all__ = ["register"]


def register(verbs: Any) -> None:
    """Add the verb."""
    parser: Parser = verbs.add_parser(
        "prepare", help="write the cohorts of tasks ahead: counts, exclusions with reasons, digest"
    )
    add_data_options(parser)
    parser.add_argument(
        "--allow-missing", action="store_true", help="prepare what is there of a partial source"
    )
    parser.add_argument(
        "--output", "-o", type=Path, metavar="DIR",
        help="write DIR/<task>/cohort.parquet and cohort.json too; they name image files, so keep them here",
    )  # fmt: skip
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """One line a task; 3 when a task was not prepared."""
    _, tasks = chosen_tasks(arguments)
    refuse_provider_folders(arguments, {"--output": arguments.output, "--cache-dir": cache_folder(arguments)})
    rows = [_prepare(task, states, arguments) for task, states in tasks]
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(rows)
    else:
        from medbench.cli.display import print_table

        columns = ["task", "state", "rows (groups)", "left out", "digest", "why"]
        print_table("Cohorts", columns, [_line(row) for row in rows])
    return ExitCode.OK if all(row["state"] == "prepared" for row in rows) else ExitCode.DATA


def _prepare(task: Task, states: list[SourceState], arguments: argparse.Namespace) -> dict[str, Any]:
    from medbench.cohort import prepare_cohort
    from medbench.cohort.build import source_faults
    from medbench.cohort.faults import told
    from medbench.cohort.files import write_cohort

    lacking = {state.source: state.lack for state in states if state.lack}
    if lacking:
        why = "; ".join(f"{source}: {lack}" for source, lack in lacking.items())
        return {"task": task.id, "state": "missing", "why": why}
    roots = {state.source: state.root for state in states if state.root is not None}
    try:
        cohort = prepare_cohort(task, roots, cache_folder(arguments), arguments.allow_missing)
    except (DataError, OSError) as fault:
        why = "; ".join(told(f, s) for s, f in source_faults(task, roots).items()) or told(fault, task.id)
        return {"task": task.id, "state": "refused", "why": why}
    if arguments.output is not None:
        write_cohort(arguments.output.expanduser() / task.id, cohort)
    return {"task": task.id, "state": "prepared", "why": "; ".join(cohort.deviations), **_described(cohort)}


def _described(cohort: Cohort) -> dict[str, Any]:
    return {
        "counts": cohort.counts(),
        "expected": dict(cohort.expected),
        "exclusions": {source: dict(reasons) for source, reasons in cohort.exclusions.items() if reasons},
        "group_unit": cohort.group_unit,
        "synthetic": cohort.synthetic,
        "digest": cohort.digest,
    }


def _line(row: dict[str, Any]) -> list[str]:
    left_out = [
        f"{source}: {', '.join(f'{n} {reason}' for reason, n in reasons.items())}"
        for source, reasons in row.get("exclusions", {}).items()
    ]
    counts = describe_counts(row.get("counts", {}))
    return [row["task"], row["state"], counts, "; ".join(left_out), row.get("digest", "")[:12], row["why"]]
