"""``medbench list``: tasks, suites, models, plugins, sources."""

from __future__ import annotations

import argparse
from typing import Any

from medbench.cli.arguments import Parser, add_global_options
from medbench.cli.context import catalogue, plugins, wants_json

__all__ = ["register"]


def register(commands: Any) -> None:
    """Add the command."""
    parser: Parser = commands.add_parser("list", help="list tasks, suites, models, plugins or sources")
    parser.add_argument("what", choices=list(LISTS), help="what to list")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Print one list."""
    rows = LISTS[arguments.what](arguments)
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
        for name, provided in sorted(plugins(arguments).models().items())
    ]


def _plugins(arguments: argparse.Namespace) -> list[dict[str, Any]]:
    loaded = plugins(arguments)
    models = loaded.models()
    return [
        {
            "plugin": info.name,
            "package": f"{info.package} {info.version}",
            "module": info.target,
            "models": sorted(name for name, provided in models.items() if provided.plugin is info),
            "milliseconds": round(info.seconds * 1000, 1),
            "state": info.fault or "loaded",
        }
        for info in loaded.found
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
