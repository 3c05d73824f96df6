"""``medbench list``: tasks, suites, models, plugins, sources."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, plugins, wants_json
from medbench.errors import UsageError

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("list", help="list tasks, suites, models, plugins or sources")
    parser.add_argument("what", choices=list(LISTS), help="what to list")
    parser.add_argument(
        "--trace", action="store_true", help="plugins: every import and call of a hook, in order"
    )
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print one list.

    Raises:
        UsageError: ``--trace`` of anything but plugins.
    """
    if arguments.trace and arguments.what != "plugins":
        raise UsageError("MB010", "--trace goes with plugins", hint="medbench list plugins --trace")
    rows = _trace(arguments) if arguments.trace else LISTS[arguments.what](arguments)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json(rows)
        return 0
    from medbench.cli.display import print_table

    columns = list(rows[0]) if rows else ["nothing"]
    print_table(arguments.what.capitalize(), columns, [[_cell(row[c]) for c in columns] for row in rows])
    return 0


def _cell(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return "" if value is None else str(value)


def _tasks(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    specs = catalogue(arguments, plugins(arguments))
    order = sorted(specs.task_files, key=lambda name: (not name.startswith("T"), name))
    tasks = [specs.task(name) for name in order]
    return [
        {
            "task": task.id,
            "discipline": task.discipline,
            "title": task.title,
            "sources": list(task.data.sources),
            "primary": task.primary,
            "protocols": list(task.protocols),
        }
        for task in tasks
    ]


def _suites(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    specs = catalogue(arguments, plugins(arguments))
    suites = [specs.suite(name) for name in sorted(specs.suite_files)]
    return [{"suite": suite["id"], "title": suite["title"], "tasks": suite["tasks"]} for suite in suites]


def _models(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    loaded = plugins(arguments)
    for dispute in loaded.disputed():
        print(f"medbench: {dispute}", file=sys.stderr)
    return [
        {
            "model": name,
            "address": provided.card.address,
            "capabilities": sorted(provided.card.capabilities),
            "aliases": list(provided.card.aliases),
            "licence": provided.card.licence,
            "plugin": provided.plugin.name,
            "package": f"{provided.plugin.package} {provided.plugin.version}",
        }
        for name, provided in sorted(loaded.models().items())
    ]


def _plugins(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    loaded = plugins(arguments, say=False)
    loaded.task_folders()
    models, disputes = loaded.models(), [str(dispute) for dispute in loaded.disputed()]
    return [
        {
            "plugin": info.name,
            "package": f"{info.package} {info.version}",
            "module": info.target,
            "models": sorted(name for name, provided in models.items() if provided.plugin is info),
            "milliseconds": round(info.seconds * 1000, 1),
            "state": info.fault or "; ".join(said for said in disputes if str(info) in said) or "loaded",
        }
        for info in loaded.found
    ]


def _trace(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    loaded = plugins(arguments, say=False)
    loaded.models()
    loaded.task_folders()
    return [
        {
            "hook": call.hook,
            "plugin": call.plugin.name,
            "package": call.plugin.package,
            "milliseconds": round(call.seconds * 1000, 1),
            "gave": call.gave,
        }
        for call in loaded.calls
    ]


def _sources(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    specs = catalogue(arguments)
    cards = [specs.source(name) for name in sorted(specs.source_files)]
    return [
        {
            "source": card["id"],
            "title": card["title"],
            "licence": card["licence"],
            "access": card["access"]["url"],
            "egress": card["egress"],
        }
        for card in cards
    ]


LISTS = {"tasks": _tasks, "suites": _suites, "models": _models, "plugins": _plugins, "sources": _sources}
