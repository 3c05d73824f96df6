"""``medbench explain``: a task's resolved spec in words and in full, or an error code."""

from __future__ import annotations

import argparse
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, plugins, say_settings, wants_json
from medbench.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from medbench.spec import Resolved, Task

__all__ = ["register"]

CODE = re.compile(r"(?i)mb\d+")


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser(
        "explain", help="show a resolved task spec and where each value comes from, or what an error means"
    )
    parser.add_argument(
        "task", metavar="TASK|PATH|MBnnn", help="a task id, the path of a spec, or the code of an error"
    )
    parser.add_argument("--protocol", metavar="P", help="only this protocol, and what sets it apart")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print one spec or one error."""
    if CODE.fullmatch(arguments.task):
        from medbench.cli.explain_code import explain_code

        return explain_code(arguments.task.upper(), wants_json(arguments))
    say_settings(arguments)
    specs = catalogue(arguments, plugins(arguments))
    if _is_suite(arguments.task):
        hint = "medbench validate checks a suite; explain shows the tasks that it names"
        raise UsageError("MB027", "this is a suite, not a task", where=arguments.task, hint=hint)
    task = specs.task(arguments.task)
    if arguments.protocol and arguments.protocol not in task.protocols:
        hint = did_you_mean(arguments.protocol, task.protocols)
        raise UsageError("MB008", f"{task.id} has no protocol {arguments.protocol!r}", "--protocol", hint)
    found = _explained(task, arguments.protocol)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(found)
    else:
        _print(found, everything=arguments.protocol is None)
    return 0


def _is_suite(name: str) -> bool:
    from medbench.errors import SpecError
    from medbench.spec.parse import parse_file

    try:
        return name.endswith((".yaml", ".yml")) and str(
            parse_file(Path(name)).value.get("schema", "")
        ).startswith("medbench.suite/")
    except SpecError:
        return False


def _explained(task: Task, protocol: str | None) -> dict[str, Any]:
    from medbench.spec import load_reference, resolve_task
    from medbench.spec.explanation import values
    from medbench.spec.words import task_in_words

    resolved, home = resolve_task(task.file), task.file.parent
    shown = [protocol] if protocol else list(task.protocols)
    return {
        "task": task.id,
        "title": task.title,
        "file": str(task.file),
        "digest": task.digest,
        "words": task_in_words(task),
        "protocols": {name: _protocol(task, resolved, name) for name in shown},
        "rulings": dict(resolved.value["rulings"]),
        "reference": {
            "file": str(task.reference) if task.reference else None,
            "scores": len(load_reference(task.reference)) if task.reference else 0,
        },
        "values": [asdict(row) for row in values(resolved, home, frozenset(task.protocols) - set(shown))],
    }


def _protocol(task: Task, resolved: Resolved, name: str) -> dict[str, Any]:
    """In words, and what it changes against the protocol that it extends, else against ``standard``."""
    from medbench.spec.explanation import differences
    from medbench.spec.words import protocol_in_words

    base = resolved.value["protocols"][name].get("extends", "standard")
    found = differences(resolved, task.file.parent, name, base)
    whole = differences(resolved, task.file.parent, name, "standard")
    return {
        "words": protocol_in_words(task.protocols[name]),
        "extends": base,
        "changes": [asdict(row) for row in found],
        "differs_from_standard": [asdict(row) for row in whole],
    }


def _print(found: Mapping[str, Any], everything: bool) -> None:
    from medbench.cli.display import print_records

    print(f"{found['task']}  {found['title']}")
    about = {"file": found["file"], "digest": found["digest"], **found["words"]}
    reference = found["reference"]
    if reference["file"]:
        about["published"] = f"{reference['scores']} scores in {reference['file']}"
    print_records("", list(about.items()))
    print_records("Protocols", [(name, p["words"]) for name, p in found["protocols"].items()])
    for name, protocol in found["protocols"].items():
        base, changes = (
            (protocol["extends"], protocol["changes"])
            if everything
            else ("standard", protocol["differs_from_standard"])
        )
        print_records(f"What {name} changes against {base}", [_change(row) for row in changes])
    print_records("Rulings", [(number, _ruling(ruling)) for number, ruling in found["rulings"].items()])
    print_records(
        "Every value, and where it is written",
        [(row["key"], row["origin"], _text(row["value"])) for row in found["values"]],
    )


def _change(row: Mapping[str, Any]) -> tuple[str, str, str]:
    if row["value"] is None:
        return row["key"], "", f"not used (there {_text(row['base'])})"
    there = f" (there {_text(row['base'])})" if row["base"] is not None else ""
    return row["key"], row["origin"], f"{_text(row['value'])}{there}"


def _ruling(ruling: Mapping[str, Any]) -> str:
    at = f"{ruling['at']} is " if ruling["at"] else ""
    other = f", not {_text(ruling['not'])}" if "not" in ruling else ""
    return f"{at}{_text(ruling['is'])}{other}: {ruling['because']}"


def _text(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(map(_text, value)) or "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "none" if value == {} else str(value)
