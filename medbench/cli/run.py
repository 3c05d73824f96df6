"""``medbench run``: models on tasks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options, key_values, positive
from medbench.cli.context import cache_folder, catalogue, data_root, plugins, wants_json
from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.runner import Job, RunOptions, RunResult

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "run",
        help="run models on tasks and write records",
        description="Check every task, run what is ready, list the rest. The same line again goes on.",
    )
    parser.add_argument(
        "--model", "-m", action="append", default=[], metavar="M", help="model name; may be repeated"
    )
    parser.add_argument("--suite", metavar="S", help="a named list of tasks")
    parser.add_argument(
        "--task", "-t", action="append", default=[], metavar="T", help="a task; may be repeated"
    )
    parser.add_argument(
        "--protocol", default="standard", metavar="P", help="standard (default) or another of the task's"
    )
    parser.add_argument(
        "--model-args",
        nargs="+",
        action="extend",
        default=[],
        metavar="K=V",
        help="path=, dtype=, download= …",
    )
    parser.add_argument(
        "--data-root", metavar="D", help="folder with one folder a source; else MEDBENCH_DATA_ROOT"
    )
    parser.add_argument(
        "--output", "-o", type=Path, default=Path("runs"), metavar="DIR", help="where run folders go"
    )
    parser.add_argument(
        "--limit", type=positive("--limit"), metavar="N", help="rows a split; the record is open"
    )
    parser.add_argument("--batch-size", default="auto", metavar="auto|N", help="rows a batch")
    parser.add_argument(
        "--devices", default="", metavar="A,B", help="torch devices; else all that are visible"
    )
    parser.add_argument("--seed", type=int, metavar="N", help="another sampling seed; the record is open")
    parser.add_argument("--strict", action="store_true", help="run nothing unless everything is ready")
    parser.add_argument(
        "--allow-missing", action="store_true", help="accept a partial source; the record is open"
    )
    parser.add_argument(
        "--allow-egress", action="append", default=[], metavar="SOURCE", help="let a remote model see it"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would run, run nothing")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    job = _job(arguments)
    from medbench.cli import run_tables
    from medbench.cli.progress import TerminalProgress
    from medbench.runner import execute as execute_job

    as_json = wants_json(arguments)
    if not as_json:
        run_tables.print_not_ready(job)
    with TerminalProgress() as progress:
        result = execute_job(job, progress)
    board = _board(result)
    if as_json:
        from medbench.cli.display import print_json

        print_json(result.as_dict())
    else:
        run_tables.print_result(job, result, board)
    return result.exit_code


def _job(arguments: argparse.Namespace) -> Job:
    from medbench.runner import ModelRequest, prepare_job

    if not arguments.suite and not arguments.task:
        raise UsageError(
            "MB016",
            "name what to run: --suite S or --task T",
            hint="medbench list suites, medbench list tasks",
        )
    loaded = plugins(arguments)
    specs = catalogue(arguments, loaded)
    named = key_values(arguments.model_args, "--model-args")
    if not arguments.model and not (arguments.suite and "models" in specs.suite(arguments.suite)):
        raise UsageError("MB016", "name a model: --model M", hint="medbench list models")
    if named and not arguments.model:
        hint = "name the model they are for: --model M"
        raise UsageError("MB016", "arguments, but no model to give them to", where="--model-args", hint=hint)
    requests = [ModelRequest(name, named) for name in dict.fromkeys(arguments.model)]
    return prepare_job(specs, loaded, requests, arguments.suite, arguments.task, _options(arguments))


def _options(arguments: argparse.Namespace) -> RunOptions:
    from medbench.runner import RunOptions

    batch = None if arguments.batch_size == "auto" else positive("--batch-size")(arguments.batch_size)
    return RunOptions(
        protocol=arguments.protocol,
        data_root=data_root(arguments),
        output=arguments.output,
        cache=cache_folder(arguments),
        limit=arguments.limit,
        batch_size=batch,
        devices=tuple(name for name in arguments.devices.split(",") if name),
        seed=arguments.seed,
        strict=arguments.strict,
        allow_missing=arguments.allow_missing,
        allow_egress=tuple(arguments.allow_egress),
        dry_run=arguments.dry_run,
    )


def _board(result: RunResult) -> Path | None:
    """A board of this run alone, beside its records."""
    if not result.records or result.run_dir is None:
        return None
    from medbench.board import build_board

    return build_board([result.run_dir], result.run_dir / "board")
