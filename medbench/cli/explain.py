"""``medbench explain``: a task's resolved spec, where each value was written, and its digest."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, plugins, wants_json
from medbench.errors import UsageError, did_you_mean

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "explain", help="show a resolved task spec and where each value comes from"
    )
    parser.add_argument("task", metavar="TASK|PATH", help="a task id, or the path of a spec")
    parser.add_argument("--protocol", metavar="P", help="only this protocol")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print one spec."""
    from medbench.spec import resolve_file

    task = catalogue(arguments, plugins(arguments)).task(arguments.task)
    if arguments.protocol and arguments.protocol not in task.protocols:
        hint = did_you_mean(arguments.protocol, task.protocols)
        raise UsageError("MB008", f"{task.id} has no protocol {arguments.protocol!r}", "--protocol", hint)
    resolved = resolve_file(task.file)
    rows = [
        {
            "key": ".".join(map(str, path)),
            "value": value,
            "origin": _origin(resolved.origins, path, task.file.parent),
        }
        for path, value in _leaves(resolved.value, ())
        if not _hidden(path, arguments.protocol)
    ]
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"task": task.id, "file": str(task.file), "digest": task.digest, "values": rows})
        return 0
    from medbench.cli.display import console, print_table

    out = console()
    out.print(f"{task.id}  {task.title}", markup=False)
    out.print(f"file    {task.file}", markup=False, soft_wrap=True)
    out.print(f"digest  {task.digest}", markup=False)
    print_table(
        "", ["key", "value", "written in"], [[row["key"], _text(row["value"]), row["origin"]] for row in rows]
    )
    return 0


def _hidden(path: tuple[str | int, ...], protocol: str | None) -> bool:
    return bool(protocol) and len(path) > 1 and path[0] == "protocols" and path[1] != protocol


def _leaves(value: Any, path: tuple[str | int, ...]) -> list[tuple[tuple[str | int, ...], Any]]:
    if isinstance(value, dict) and value:
        return [leaf for key, item in value.items() for leaf in _leaves(item, (*path, key))]
    return [(path, value)]


def _origin(origins: Any, path: tuple[str | int, ...], folder: Path) -> str:
    while path not in origins:
        path = path[:-1]
    origin = origins[path]
    file = origin.file.relative_to(folder) if origin.file.is_relative_to(folder) else origin.file
    return f"{file}:{origin.line}"


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(str(item) for item in value)
    return str(value)
