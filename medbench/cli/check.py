"""``medbench check``: the contract tests on a model, with numbers and a verdict."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options, key_values, positive
from medbench.cli.context import cache_folder, plugins, wants_json
from medbench.errors import DataError, ExitCode, UsageError

if TYPE_CHECKING:
    from medbench.hooks import ProvidedModel
    from medbench.testing import CheckResult, Subject

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "check",
        help="run the contract tests on a model",
        description="Run every contract test (docs/checks.md) on a model; exit 4 when one fails.",
    )
    parser.add_argument("model", nargs="?", metavar="MODEL", help="model name")
    parser.add_argument(
        "--model-args", nargs="+", action="extend", default=[], metavar="K=V", help="path=, dtype= …"
    )
    parser.add_argument("--tiny", action="store_true", help="on a tiny random checkpoint made on the spot")
    parser.add_argument("--devices", metavar="A,B", help="torch devices; else all that are visible")
    parser.add_argument("--select", nargs="+", action="extend", default=[], metavar="ID", help="these only")
    parser.add_argument("--timeout", type=positive("--timeout"), metavar="S", help="seconds a test (600)")
    parser.add_argument("--junit", type=Path, metavar="FILE", help="write a JUnit report as well")
    parser.add_argument("--list", action="store_true", help="list the tests, run nothing")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run the tests; returns 0, or 4 when one failed.

    Raises:
        UsageError: no model, or no test of that id.
        DataError: the weights are not on this machine.
    """
    from medbench.cli import check_report
    from medbench.testing import chosen, run_checks
    from medbench.testing.running import SECONDS

    checks = chosen(arguments.select)
    if arguments.list:
        return check_report.print_list(checks, wants_json(arguments))
    if not arguments.model:
        raise UsageError("MB016", "name a model", hint="medbench list models; medbench check --list")
    provided = plugins(arguments).model(arguments.model)
    subject = _subject(arguments, provided)
    quiet = wants_json(arguments) or not sys.stderr.isatty()
    step = _silent if quiet else check_report.print_step
    try:
        results = run_checks(subject, checks, arguments.timeout or SECONDS, step)
    except DataError as fault:
        if provided.card.checkpoint_writer and not arguments.tiny:
            fault.hint = f"{fault.hint}\n  --tiny checks the plugin on a tiny random checkpoint".lstrip()
        raise
    report = check_report.Report(provided, subject.devices, results)
    if arguments.junit:
        report.write_junit(arguments.junit)
    report.print(wants_json(arguments))
    return ExitCode.PLUGIN if report.failed else ExitCode.OK


def _silent(_: CheckResult) -> None:
    """Says nothing: the table at the end has it all."""


def _subject(arguments: argparse.Namespace, provided: ProvidedModel) -> Subject:
    from medbench.runner.demo import tiny_checkpoint
    from medbench.runner.requests import open_options
    from medbench.testing import Subject

    card = provided.card
    given = key_values(arguments.model_args, "--model-args")
    modules = card.missing_modules()
    if modules:
        install = f"pip install '{card.extra or ' '.join(modules)}'"
        raise UsageError("MB022", f"{card.name} needs {', '.join(modules)}", where="MODEL", hint=install)
    if arguments.tiny and "path" in given:
        raise UsageError("MB010", "--tiny and path= contradict each other", where="--tiny")
    if arguments.tiny and card.needs_weights:
        given = {**given, "path": str(tiny_checkpoint(card, cache_folder(arguments)))}
    return Subject(
        card, open_options(card, given), _devices(arguments, card.requires), provided.plugin.target
    )


def _devices(arguments: argparse.Namespace, requires: tuple[str, ...]) -> tuple[str, ...]:
    """As a run chooses them: those of the line, else every CUDA device, else the CPU."""
    from medbench.torchkit.devices import visible_devices

    named = tuple(name for name in (arguments.devices or "").split(",") if name)
    return named or (visible_devices() if "torch" in requires else ("cpu",))
