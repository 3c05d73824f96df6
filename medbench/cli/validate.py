"""``medbench validate``: specs, suites, source cards and records."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import wants_json
from medbench.errors import ExitCode, SpecError, UsageError

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("validate", help="check specs, suites, source cards and records")
    parser.add_argument("paths", nargs="+", type=Path, metavar="FILE|DIR", help="files, or folders to search")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Check everything, show every fault; exit 2 when there is one."""
    files = [file for path in arguments.paths for file in _files(path)]
    faults = [(file, fault) for file in files if (fault := _fault(file)) is not None]
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(
            {
                "checked": len(files),
                "faults": [
                    {"file": str(f), "code": e.code, "where": e.where, "message": e.message}
                    for f, e in faults
                ],
            }
        )
    else:
        for _, fault in faults:
            print(fault)
        print(f"{len(files)} files checked, {len(faults)} with faults")
    return ExitCode.USAGE if faults else ExitCode.OK


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


def _fault(file: Path) -> SpecError | None:
    try:
        _check(file)
    except SpecError as fault:
        return fault
    return None


def _check(file: Path) -> None:
    from medbench.record import read_record
    from medbench.spec import load_plain_file, load_task_file
    from medbench.spec.parse import parse_file

    if file.suffix == ".json":
        read_record(file)
        return
    schema = str(parse_file(file).value.get("schema", "")).partition("/")[0].removeprefix("medbench.")
    if schema in ("suite", "source", "reference"):
        load_plain_file(file, schema)
    else:
        load_task_file(file)
