"""``medbench cache verify``: every stored byte against the digest that was written with it."""

from __future__ import annotations

import argparse
from typing import Any

from medbench.cli.arguments import add_global_options
from medbench.cli.context import cache_folder, wants_json
from medbench.errors import ExitCode

__all__ = ["register"]


def register(verbs: Any) -> None:
    """Add the verb."""
    parser = verbs.add_parser("verify", help="read every shard and hold it against its digest")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Exit code 1 when a shard is damaged; the next run that needs it makes it again."""
    from medbench.inference.inventory import inventory

    cache = cache_folder(arguments)
    keys = list(inventory(cache))
    damaged = [{"key": stored.name, "what": line} for stored in keys for line in stored.damaged]
    shards, rows = sum(stored.shards for stored in keys), sum(stored.rows for stored in keys)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"cache_dir": str(cache), "shards": shards, "rows": rows, "damaged": damaged})
    else:
        for fault in damaged:
            print(f"{fault['key'][:12]}  {fault['what']}")
        print(f"{shards} whole shards with {rows} rows, {len(damaged)} damaged, in {cache}")
        if damaged:
            print("the next run that needs them makes them again; medbench cache prune removes them")
    return ExitCode.FAILED if damaged else ExitCode.OK
