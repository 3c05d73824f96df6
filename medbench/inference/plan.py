"""Which rows are computed, in which shards and batches: fixed once, so that a resumed run writes the same."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medbench.atomic import write_json
from medbench.inference.store import Store, plan_digest

__all__ = ["Plan", "PlannedShard", "make_plan"]

PLAN_SCHEMA = "medbench.shards/1"
SHARD_ROWS, MOST_ROWS, PARTS = 256, 2048, 64
"""Rows of a shard in a small plan, at most, and how many shards a large plan is cut into at least.

A block of 8,192 in 16 bits is 16 KiB a row: 2,048 rows are 32 MiB, and a few minutes of a large model's work.
"""


@dataclass(frozen=True)
class PlannedShard:
    """One shard: its name and its row addresses in order."""

    name: str
    rows: tuple[str, ...]


@dataclass(frozen=True)
class Plan:
    """All shards of one stage, the taps they hold and the batch size they are computed with."""

    key: str
    taps: tuple[str, ...]
    batch_size: int
    shards: tuple[PlannedShard, ...]

    def left(self, store: Store) -> list[PlannedShard]:
        """Shards with a row that the store lacks; computed whole, so that batches stay as planned."""
        return [shard for shard in self.shards if store.missing(shard.rows, self.taps)]


def make_plan(file: Path, store: Store, rows: Sequence[str], taps: Sequence[str], batch_size: int) -> Plan:
    """The plan in ``file`` when it is for this store, these taps and rows, else one for what is missing."""
    missing = store.missing(rows, taps)
    known = _read(file)
    if known and (known.key, known.taps) == (store.key.digest, tuple(taps)):
        planned = {row for shard in known.shards for row in shard.rows}
        # a row that is asked for no more could not be computed: the data changed under the run
        if set(missing) <= planned <= set(rows):
            return known
    about = min(MOST_ROWS, max(SHARD_ROWS, len(missing) // PARTS))
    size = max(1, about // batch_size) * batch_size
    prefix = plan_digest([*missing, *taps], batch_size)
    shards = tuple(
        PlannedShard(f"{prefix}-{start // size:05d}", tuple(missing[start : start + size]))
        for start in range(0, len(missing), size)
    )
    plan = Plan(store.key.digest, tuple(taps), batch_size, shards)
    write_json(file, _as_dict(plan))
    return plan


def _as_dict(plan: Plan) -> dict[str, Any]:
    shards = [{"name": shard.name, "rows": list(shard.rows)} for shard in plan.shards]
    return {
        "schema": PLAN_SCHEMA,
        "key": plan.key,
        "taps": list(plan.taps),
        "batch_size": plan.batch_size,
        "shards": shards,
    }


def _read(file: Path) -> Plan | None:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
        if value["schema"] != PLAN_SCHEMA:
            return None
        shards = tuple(PlannedShard(shard["name"], tuple(shard["rows"])) for shard in value["shards"])
        return Plan(value["key"], tuple(value["taps"]), value["batch_size"], shards)
    except (OSError, ValueError, KeyError, TypeError):
        return None
