"""``medbench cache list``: one row a key of the store."""

from __future__ import annotations

import argparse
from typing import Any

from medbench.cli.arguments import add_global_options
from medbench.cli.cache_keys import in_units, key_row
from medbench.cli.context import cache_folder, wants_json

__all__ = ["register"]

SHOWN = 12
"""Letters of a key in the table; enough to tell keys apart and to name one to ``prune --key``."""


def register(verbs: Any) -> None:
    """Add the verb."""
    parser = verbs.add_parser("list", help="one row a key: model, what is held, rows, size")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Keys of the store; an empty cache is no fault."""
    from medbench.inference.inventory import inventory

    cache = cache_folder(arguments)
    rows = [key_row(stored) for stored in inventory(cache)]
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"cache_dir": str(cache), "bytes": sum(row["bytes"] for row in rows), "keys": rows})
        return 0
    from medbench.cli.display import print_table

    if not rows:
        print(f"nothing is stored in {cache}")
        return 0
    columns = ["key", "model", "holds", ">rows", ">shards", ">size", "written", "state"]
    print_table(f"Store in {cache}", columns, [_cells(row) for row in rows])
    print(f"{in_units(sum(row['bytes'] for row in rows))} in {len(rows)} keys")
    return 0


def _cells(row: dict[str, Any]) -> list[str]:
    faults = [f"{row[name]} {name}" for name in ("damaged", "stray") if row[name]]
    return [
        row["key"][:SHOWN], row["model"], row["holds"], str(row["rows"]), str(row["shards"]),
        in_units(row["bytes"]), (row["written"] or "")[:16].replace("T", " "), ", ".join(faults) or "whole",
    ]  # fmt: skip
