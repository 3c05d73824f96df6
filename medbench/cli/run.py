"""``medbench run``: models on tasks."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options, key_values, positive
from medbench.cli.context import (
    cache_folder,
    catalogue,
    data_root,
    every_plugin,
    plugins,
    say_settings,
    settings,
    source_paths,
    wants_json,
)
from medbench.cli.launch_options import add_launch_options, launch_options
from medbench.cli.provider_folders import refuse_provider_folders
from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.hooks import Plugins
    from medbench.runner import Job, ModelRequest, RunOptions, RunResult
    from medbench.spec import Catalogue
    from medbench.spec.faults import Origin

__all__ = ["add_run_options", "job_of", "register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "run",
        help="run models on tasks and write records",
        description="Check every task, run what is ready, list the rest. The same line again goes on.",
    )
    add_run_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def add_run_options(parser: Parser) -> None:
    """All options of ``run``."""
    parser.add_argument(
        "--model", "-m", action="append", default=[], metavar="M", help="model name; may be repeated"
    )
    parser.add_argument("--suite", metavar="S", help="a named list of tasks")
    parser.add_argument(
        "--task", "-t", action="append", default=[], metavar="T", help="a task; may be repeated"
    )
    parser.add_argument("--protocol", metavar="P", help="standard (default) or another of the task's")
    parser.add_argument(
        "--model-args",
        nargs="+",
        action="extend",
        default=[],
        metavar="K=V",
        help="path=, dtype=, download= …",
    )
    parser.add_argument(
        "--data-root",
        metavar="D",
        help="folder with one folder a source; else MEDBENCH_DATA_ROOT, else medbench.toml",
    )
    parser.add_argument(
        "--limit", type=positive("--limit"), metavar="N", help="rows a split; the record is open"
    )
    parser.add_argument("--batch-size", metavar="auto|N", help="rows a batch (default: auto)")
    parser.add_argument("--devices", metavar="A,B", help="torch devices; else all that are visible")
    parser.add_argument("--seed", type=int, metavar="N", help="another sampling seed; the record is open")
    parser.add_argument(
        "--strict", action=argparse.BooleanOptionalAction, help="run nothing unless everything is ready"
    )
    parser.add_argument(
        "--allow-missing", action="store_true", help="accept a partial source; the record is open"
    )
    parser.add_argument(
        "--allow-leaks",
        action="store_true",
        help="accept people, images or exemplars in test that the model knows from train; the record is open",
    )
    parser.add_argument(
        "--allow-egress", action="append", default=[], metavar="SOURCE", help="let a remote model see it"
    )
    parser.add_argument(
        "--output", "-o", type=Path, metavar="DIR", help="where run folders go (default: runs)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would run, run nothing")
    add_launch_options(parser)
    add_global_options(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run the command; returns the exit code."""
    from medbench.cli.config_checks import at_its_place

    say_settings(arguments)
    with at_its_place(_places(arguments)):
        return _run(arguments)


def _places(arguments: argparse.Namespace) -> dict[str, Origin]:
    """Where ``medbench.toml`` says what the line leaves open, for values that only the run can judge."""
    origins = settings(arguments).origins
    taken = [name for name in ("protocol", "devices") if getattr(arguments, name) is None]
    return {f"--{name}": origins["run", name] for name in taken if ("run", name) in origins}


def _run(arguments: argparse.Namespace) -> int:
    from medbench.containment import stdout_away

    # what a plugin prints must not stand in what is printed here
    with stdout_away():
        job = job_of(arguments)
    from medbench.cli import run_tables
    from medbench.cli.progress import TerminalProgress
    from medbench.runner import execute as execute_job

    as_json = wants_json(arguments)
    if not as_json:
        run_tables.print_not_ready(job)
    with TerminalProgress() as progress, stdout_away():
        result = execute_job(job, progress)
    board = _board(result)
    if as_json:
        from medbench.cli.display import print_json

        print_json(result.as_dict())
    else:
        run_tables.print_result(job, result, board)
    return result.exit_code


def job_of(arguments: argparse.Namespace) -> Job:
    """What the line asks for, checked; nothing is computed.

    Raises:
        UsageError: a name or an option that does not exist.
    """
    from medbench.runner import prepare_job

    if not arguments.suite and not arguments.task:
        raise UsageError(
            "MB016",
            "name what to run: --suite S or --task T",
            hint="medbench list suites, medbench list tasks",
        )
    loaded = plugins(arguments)
    specs = catalogue(arguments, loaded)
    asked = _options(arguments, specs)
    refuse_provider_folders(arguments, {"--output": asked.output, "--cache-dir": asked.cache})
    requests = _requests(arguments, loaded, specs)
    return prepare_job(specs, loaded, requests, arguments.suite, arguments.task, asked)


def _requests(arguments: argparse.Namespace, loaded: Plugins, specs: Catalogue) -> list[ModelRequest]:
    """Models of the line, else of the suite, with their arguments: the line's over ``medbench.toml``'s."""
    from medbench.cli.config_checks import model_tables
    from medbench.runner import ModelRequest

    named = key_values(arguments.model_args, "--model-args")
    in_suite = specs.suite(arguments.suite).get("models", []) if arguments.suite else []
    if not arguments.model and not in_suite:
        raise UsageError("MB016", "name a model: --model M", hint="medbench list models")
    if named and not arguments.model:
        hint = "name the model they are for: --model M"
        raise UsageError("MB016", "arguments, but no model to give them to", where="--model-args", hint=hint)
    tables = model_tables(settings(arguments), loaded, every_plugin(arguments))
    return [
        ModelRequest(model["name"], tiny=model["checkpoint"] == "tiny")
        if isinstance(model, dict)
        else ModelRequest(model, {**tables.get(loaded.model(model).card.name, {}), **named})
        for model in (dict.fromkeys(arguments.model) or in_suite)
    ]


def _options(arguments: argparse.Namespace, specs: Catalogue) -> RunOptions:
    from medbench.runner import RunOptions

    config, root = settings(arguments), data_root(arguments)
    sample = arguments.suite and specs.suite(arguments.suite).get("data") == "sample"
    return RunOptions(
        protocol=config.run.protocol if arguments.protocol is None else arguments.protocol,
        data_root=root,
        # synthetic data are never mixed with one's own
        source_paths={} if sample and root is None else source_paths(arguments, specs),
        output=arguments.output or config.output or Path("runs"),
        cache=cache_folder(arguments),
        limit=arguments.limit,
        batch_size=_batch_size(arguments.batch_size, config.run.batch_size),
        devices=config.run.devices
        if arguments.devices is None
        else tuple(filter(None, arguments.devices.split(","))),
        seed=arguments.seed,
        strict=config.run.strict if arguments.strict is None else arguments.strict,
        allow_missing=arguments.allow_missing,
        allow_leaks=arguments.allow_leaks,
        allow_egress=tuple(arguments.allow_egress),
        dry_run=arguments.dry_run,
        launch=launch_options(arguments),
    )


def _batch_size(given: str | None, otherwise: int | None) -> int | None:
    if given is None:
        return otherwise
    return None if given == "auto" else positive("--batch-size")(given)


def _board(result: RunResult) -> Path | None:
    """A board of this run alone, beside its records."""
    if not result.records or result.run_dir is None:
        return None
    from medbench.board import build_board

    return build_board([result.run_dir], result.run_dir / "board")
