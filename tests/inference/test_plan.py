"""A plan is fixed once: resuming keeps its shards and batches; another key, tap or table makes a new one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from medbench.inference import Store, StoreKey, make_plan
from medbench.inference.plan import SHARD_ROWS

ROWS = [f"row-{i}" for i in range(600)]


def _fill(store: Store, shard) -> None:
    store.write(shard.name, shard.rows, {"t": np.ones((len(shard.rows), 1), np.float32)}, {})
    store.refresh()


def test_shards_are_whole_batches_and_hold_every_row_once(store: Store, tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "p.json", store, [*ROWS, *ROWS[:9]], ["t"], 50)
    assert [row for shard in plan.shards for row in shard.rows] == ROWS
    assert all(len(shard.rows) % 50 == 0 and len(shard.rows) <= SHARD_ROWS for shard in plan.shards)
    assert len({shard.name for shard in plan.shards}) == len(plan.shards) == 3


def test_a_batch_larger_than_a_shard(store: Store, tmp_path: Path) -> None:
    plan = make_plan(tmp_path / "p.json", store, ROWS, ["t"], 400)
    assert [len(shard.rows) for shard in plan.shards] == [400, 200]


def test_half_done_the_plan_stays(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    plan = make_plan(file, store, ROWS, ["t"], 8)
    _fill(store, plan.shards[1])
    again = make_plan(file, store, ROWS, ["t"], 16)
    assert again == plan, "batches and shards stay as they were planned"
    assert again.left(store) == [plan.shards[0], plan.shards[2]]
    for shard in again.left(store):
        _fill(store, shard)
    assert make_plan(file, store, ROWS, ["t"], 8).left(store) == []


def test_only_missing_rows_are_planned(store: Store, tmp_path: Path) -> None:
    _fill(store, make_plan(tmp_path / "p.json", store, ROWS[:100], ["t"], 8).shards[0])
    plan = make_plan(tmp_path / "q.json", store, ROWS[:110], ["t"], 8)
    assert [shard.rows for shard in plan.shards] == [tuple(ROWS[100:110])]


def test_another_key_tap_or_table_is_another_plan(store: Store, key: StoreKey, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    plan = make_plan(file, store, ROWS, ["t"], 8)
    other = Store(tmp_path, StoreKey({"weights": "other"}, {}, ""))
    assert make_plan(file, other, ROWS, ["t"], 8).key == other.key.digest
    taps = make_plan(file, store, ROWS, ["u"], 8)
    assert {shard.name for shard in taps.shards}.isdisjoint(shard.name for shard in plan.shards)
    fewer = make_plan(file, store, ROWS[:-1], ["u"], 8)
    asked = [row for shard in fewer.shards for row in shard.rows]
    assert asked == ROWS[:-1], "a row that left the data is not asked for"
    more = make_plan(file, store, [*ROWS, "new"], ["u"], 8)
    assert more.shards[-1].rows[-1] == "new"


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"schema": "medbench.shards/1"}'])
def test_a_damaged_plan_is_made_anew(text: str, store: Store, tmp_path: Path) -> None:
    file = tmp_path / "p.json"
    plan = make_plan(file, store, ROWS, ["t"], 8)
    file.write_text(text)
    assert make_plan(file, store, ROWS, ["t"], 8) == plan
