"""``medbench explain-cache``: what a run would take from the store, and why it would compute the rest."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser
from medbench.cli.context import wants_json
from medbench.cli.run import add_run_options, job_of
from medbench.errors import ExitCode

if TYPE_CHECKING:
    from medbench.runner.stored_parts import StoredPart

__all__ = ["register"]

WIDTH = 100
"""Letters of a value that are shown; the whole of it is in ``--json``."""

NOT_IN_KEY = "device, batch size, number of workers, engine, task, cohort and run are in no key"


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "explain-cache",
        help="the store's keys of a run, what makes them, and what is missing",
        description="Takes the line of a run. Computes nothing, loads no weights; reads the images' bytes.",
    )
    # any line of a run is understood, whatever of it has no bearing on the store
    add_run_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Exit code 3 when nothing of it is ready, as ``run`` would say."""
    from medbench.containment import stdout_away

    with stdout_away():
        job = job_of(arguments)
    from medbench.cli import run_tables
    from medbench.cli.progress import TerminalProgress
    from medbench.runner.stored_parts import stored_parts

    with TerminalProgress() as progress, stdout_away():
        parts = list(stored_parts(job, progress))
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"stages": [_row(part) for part in parts], "not_run": job.not_run()})
    else:
        run_tables.print_not_ready(job)
        _print(parts)
    return ExitCode.OK if job.ready else ExitCode.DATA


def _row(part: StoredPart) -> dict[str, Any]:
    return {
        "model": part.model,
        "task": part.task,
        "key": part.key,
        "digest": part.digest,
        "taps": list(part.taps),
        "missing": part.missing,
        "fault": part.fault or None,
    }


def _print(parts: list[StoredPart]) -> None:
    shown: set[str] = set()
    for part in parts:
        if part.fault:
            print(f"\n{part.model} on {part.task}: cannot be planned ({part.fault}); run says why")
            continue
        state = f"{part.missing} rows would be computed" if part.missing else "everything is stored"
        print(f"\n{part.model} on {part.task}, {', '.join(part.taps)}: {state}")
        if part.digest in shown:
            print(f"  key {part.digest[:12]}, as above")
            continue
        shown.add(part.digest)
        print(f"  key {part.digest[:12]}, made of")
        for name, value in _flat(part.key):
            print(f"    {name:<28} {value if len(value) <= WIDTH else value[:WIDTH] + ' …'}")
    if shown:
        print(f"\n{NOT_IN_KEY}")


def _flat(key: dict[str, Any]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for name, value in key.items():
        if isinstance(value, dict):
            found += [(f"{name}.{inner}", json.dumps(of, ensure_ascii=False)) for inner, of in value.items()]
        elif name != "schema" and value:
            found.append((name, json.dumps(value, ensure_ascii=False)))
    return found
