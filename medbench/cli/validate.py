"""``medbench validate``: specs, suites, source cards, settings and records."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import wants_json
from medbench.errors import ExitCode, SpecError, UsageError

if TYPE_CHECKING:
    from medbench.spec import Catalogue
    from medbench.spec.faults import Fault

__all__ = ["register"]

FORMATS = ("text", "json", "github")


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("validate", help="check specs, suites, source cards and records")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR", help="files, or folders to search")
    parser.add_argument(
        "--format", choices=FORMATS, default="text", help="text (default), json, or github's annotations"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Check everything, show every fault; exit 2 when there is one."""
    from medbench.cli.fault_formats import print_github, print_json_faults, print_text_faults

    found: dict[Path, list[Fault]] = {}
    checked = 0
    for path in arguments.paths:
        specs = _catalogue(arguments, path)
        for file in _files(path):
            checked += 1
            faults = _faults(file, specs)
            if faults:
                found[file] = faults
    every = sorted({fault for faults in found.values() for fault in faults})
    form = "json" if wants_json(arguments) else arguments.format
    show = {"text": print_text_faults, "json": print_json_faults, "github": print_github}[form]
    show(every, checked, len(found))
    return ExitCode.USAGE if every else ExitCode.OK


def _catalogue(arguments: argparse.Namespace, path: Path) -> Catalogue:
    """Sources and tasks beside the checked files count as known; no medbench.toml is read."""
    from medbench.spec import Catalogue, benchmarks_folder

    known = Catalogue(tuple(getattr(arguments, "include_path", ())))
    folder = (path if path.is_dir() else path.parent).resolve()
    home = folder.parent if folder.name in ("suites", "sources", "reference") else folder
    own = benchmarks_folder().resolve()
    if home == own or own in home.parents or home in own.parents:
        return known
    return Catalogue((*known.folders, home))


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError("MB015", "no such file or folder", where=str(path))
    found = sorted([*path.rglob("*.yaml"), *path.rglob("*.yml"), *path.rglob("record.json")])
    found = [file for file in found if not file.name.startswith("_")]
    if not found:
        raise UsageError("MB015", "holds no spec and no record", where=str(path))
    return found


def _faults(file: Path, specs: Catalogue) -> list[Fault]:
    from medbench.spec.faults import Fault, Origin

    try:
        _check(file, specs)
    except SpecError as error:
        faults = [fault for fault in error.details if isinstance(fault, Fault)]
        return faults or [Fault(Origin(file, 1, 1), error.code, error.message, error.hint)]
    return []


def _check(file: Path, specs: Catalogue) -> None:
    from medbench.record import read_record
    from medbench.spec import load_plain_file
    from medbench.spec.config import load_config
    from medbench.spec.parse import parse_file
    from medbench.spec.suite import load_suite

    if file.suffix == ".json":
        read_record(file)
        return
    if file.suffix == ".toml":
        load_config(file)
        return
    schema = str(parse_file(file).value.get("schema", "")).partition("/")[0].removeprefix("medbench.")
    if schema == "suite":
        load_suite(file, _names(specs))
    elif schema in ("source", "reference"):
        load_plain_file(file, schema)
    else:
        specs.task(str(file))


def _names(specs: Catalogue) -> Sequence[str]:
    return list(specs.task_files)
