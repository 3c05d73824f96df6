"""``medbench cache prune``: remove what is of no use any more, or whole keys."""

from __future__ import annotations

import argparse
import time
from typing import TYPE_CHECKING, Any

from medbench.cli.arguments import add_global_options, positive
from medbench.cli.cache_keys import in_units
from medbench.cli.context import cache_folder, wants_json
from medbench.errors import UsageError, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from medbench.inference.inventory import StoredKey

__all__ = ["register"]

DAY = 24 * 3600


def register(verbs: Any) -> None:
    """Add the verb."""
    parser = verbs.add_parser(
        "prune",
        help="remove damaged shards and files nobody finished; with --key or --older-than whole keys",
        description="Without --key or --older-than only what no run can read is removed. Removed rows are "
        "computed again when a run needs them; records are not touched.",
    )
    parser.add_argument(
        "--key", action="append", default=[], metavar="K", help="a whole key, by the beginning of its name"
    )
    parser.add_argument(
        "--older-than", type=positive("--older-than"), metavar="DAYS", help="keys that nothing was added to"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would be removed, remove nothing")
    add_global_options(parser)
    parser.set_defaults(execute=execute, parser=parser)


def execute(arguments: argparse.Namespace) -> int:
    """Say and do it."""
    from medbench.inference.inventory import inventory

    keys = list(inventory(cache_folder(arguments)))
    whole = _chosen(keys, arguments.key, arguments.older_than)
    rubbish = [] if arguments.key or arguments.older_than else [f for key in keys for f in key.rubbish]
    files = [*rubbish, *(file for key in whole for file in sorted(key.folder.iterdir()))]
    freed = sum(file.stat().st_size for file in files)
    if not arguments.dry_run:
        _remove(files, whole)
    if wants_json(arguments):
        from medbench.cli.display import print_json

        print_json({"removed": not arguments.dry_run, "keys": [k.name for k in whole], "files": len(files),
                    "bytes": freed})  # fmt: skip
        return 0
    for key in whole:
        print(f"{key.name[:12]}  {key.rows} rows, {in_units(key.size)}")
    done = "would be removed" if arguments.dry_run else "removed"
    print(f"{len(files)} files, {in_units(freed)} {done}")
    return 0


def _chosen(keys: Sequence[StoredKey], beginnings: Sequence[str], days: int | None) -> list[StoredKey]:
    """Keys that are named, and of these (or of all) those that are old enough.

    Raises:
        UsageError: a beginning fits no key, or several (MB028).
    """
    if not beginnings and days is None:
        return []
    named = list(keys) if not beginnings else [_one(keys, beginning) for beginning in beginnings]
    oldest = time.time() - (days or 0) * DAY
    # a key that two beginnings name is one key
    distinct = {key.name: key for key in named}.values()
    return [key for key in distinct if days is None or key.written < oldest]


def _one(keys: Sequence[StoredKey], beginning: str) -> StoredKey:
    found = [key for key in keys if beginning and key.name.startswith(beginning)]
    if len(found) == 1:
        return found[0]
    said = f"{len(found)} keys begin with {beginning!r}" if found else f"no key begins with {beginning!r}"
    near = "add letters" if found else did_you_mean(beginning, [key.name[:12] for key in keys])
    raise UsageError("MB028", said, "--key", near)


def _remove(files: Sequence[Path], whole: Sequence[StoredKey]) -> None:
    # manifests first: a payload without one does not exist for a reader, whatever happens in between
    for file in sorted(files, key=lambda file: file.suffix != ".json"):
        file.unlink(missing_ok=True)
    for key in whole:
        key.folder.rmdir()
