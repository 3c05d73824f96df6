"""``medbench new task``: a task of one's own that runs at once, to be edited."""

from __future__ import annotations

import argparse
import shlex
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, plugins, wants_json
from medbench.cli.whole_folder import write_folder
from medbench.errors import UsageError

__all__ = ["register"]


def register(kinds: Any) -> None:
    """Add the command."""
    parser: Parser = kinds.add_parser("task", help="a small working task on a table and images, to be edited")
    parser.add_argument("name", metavar="NAME", help="the task's id, and the name of its file")
    parser.add_argument("--output", "-o", type=Path, metavar="DIR", help="a new or empty folder; else ./NAME")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Write the task's folder, then say what to type next."""
    from medbench.cohort.samples.own_task import write_task

    name: str = arguments.name
    specs = catalogue(arguments, plugins(arguments))
    _check_name(name, list(specs.task_files))
    folder: Path = arguments.output or Path(name)
    write_folder(folder, lambda place: write_task(place, name, list(specs.source_files)))
    spec = folder / f"{name}.yaml"
    if wants_json(arguments):
        from medbench.cli.display import print_json

        files = sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
        print_json({"task": name, "path": str(folder), "files": files})
        return 0
    place, file = shlex.quote(str(folder)), shlex.quote(str(spec))
    print(f"task {name} in {folder}: {spec.name}, labels.csv and 60 synthetic images")
    print(f"look at it:  medbench explain {file}")
    print(f"run it:      medbench run --task {name} --include-path {place} --model image-stats")
    print(f"make it yours: put your labels.csv and images there, edit {spec.name}, then")
    print(f"check it:    medbench validate {file}")
    return 0


def _check_name(name: str, taken: list[str]) -> None:
    from medbench.spec import load_schema
    from medbench.spec.schema import is_valid

    rule = load_schema("task")["properties"]["id"]
    # a name that ends like a file is looked up as a file
    if not is_valid(name, rule) or name.lower().endswith((".yaml", ".yml")) or name.endswith("\n"):
        hint = "begin with a letter; letters, digits, dots, hyphens and underscores may follow"
        raise UsageError("MB024", f"{name!r} cannot be a task's name", hint=hint)
    same = next((known for known in taken if known.lower() == name.lower()), None)
    if same is not None:
        raise UsageError("MB025", f"there is a task {same!r} already", hint="choose another name")
