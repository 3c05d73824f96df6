"""The store gives whole shards by row address; what is damaged or half-written is not there."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace

import numpy as np
import pytest

from medbench.inference import REPLIES, Store, StoreKey
from medbench.models import Reply


def _vectors(*numbers: int) -> np.ndarray:
    return np.array([[n, n + 0.5] for n in numbers], dtype=np.float32)


def test_rows_come_in_the_order_asked_for(store: Store) -> None:
    store.write("s1", ["a", "b"], {"pooled": _vectors(1, 2)}, {})
    store.write("s2", ["c"], {"pooled": _vectors(3)}, {})
    assert store.missing(["a"], ["pooled"]) == ["a"], "seen only after a look at the folder"
    store.refresh()
    found = store.activations(["c", "a", "c", "b"], "pooled")
    assert found.dtype == np.float32 and found.tolist() == _vectors(3, 1, 3, 2).tolist()
    with pytest.raises(KeyError):
        store.activations(["d"], "pooled")


def test_missing_rows_stand_once_and_in_order(store: Store, reopen: Callable[[], Store]) -> None:
    store.write("s1", ["a"], {"pooled": _vectors(1)}, {})
    assert reopen().missing(["z", "a", "y", "z"], ["pooled"]) == ["z", "y"]


def test_two_taps_of_one_store(store: Store, reopen: Callable[[], Store]) -> None:
    store.write("s1", ["a", "b"], {"one": _vectors(1, 2), "two": _vectors(3, 4)}, {})
    store.write("s2", ["c"], {"one": _vectors(5)}, {})
    again = reopen()
    assert again.missing(["a", "c"], ["one"]) == []
    assert again.missing(["a", "c"], ["one", "two"]) == ["c"]
    assert again.activations(["b"], "two").tolist() == _vectors(4).tolist()


def test_replies_keep_every_character(store: Store, reopen: Callable[[], Store]) -> None:
    nasty = "a\nb\r\u2028c\x85d\x0b\x1c \ud800 é 'x\""
    given = [[Reply(nasty, 3, "stop"), Reply("", 0, "error")], [Reply("B.", 2, "length")] * 2]
    store.write("s1", ["a", "b"], given, {})
    again = reopen()
    assert again.missing(["a", "b"]) == []
    assert again.replies(["b", "a"]) == given[::-1]
    assert again.missing(["a"], ["pooled"]) == ["a"] and REPLIES == "replies"


def _flip_a_byte(store: Store) -> None:
    file = store.folder / "s1.safetensors"
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))


def _truncate(store: Store) -> None:
    file = store.folder / "s1.safetensors"
    file.write_bytes(file.read_bytes()[:-1])


def _half_a_manifest(store: Store) -> None:
    file = store.folder / "s1.json"
    file.write_text(file.read_text()[:-20])


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (_flip_a_byte, True),
        (_truncate, True),
        (_half_a_manifest, True),
        (lambda store: (store.folder / "s1.json").write_text("[]"), True),
        (lambda store: (store.folder / "s1.json").unlink(), False),
        (lambda store: (store.folder / "s1.safetensors").unlink(), True),
    ],
    ids=["flipped byte", "truncated", "half a manifest", "no manifest inside", "no manifest", "no payload"],
)
def test_a_damaged_shard_is_not_there(damage, named: bool, store: Store, reopen: Callable[[], Store]) -> None:
    store.write("s1", ["a"], {"pooled": _vectors(1)}, {})
    store.write("s2", ["b"], {"pooled": _vectors(2)}, {})
    damage(store)
    again = reopen()
    assert again.missing(["a", "b"], ["pooled"]) == ["a"]
    assert len(again.damaged) == named
    assert all("s1" in line for line in again.damaged)


def test_a_temporary_file_left_behind_is_not_read(store: Store, reopen: Callable[[], Store]) -> None:
    store.write("s1", ["a"], {"pooled": _vectors(1)}, {})
    for name in ("s2.safetensors", "s2.json"):
        (store.folder / f".{name}.77-00ff").write_bytes(b"half")
    again = reopen()
    assert (again.missing(["a"], ["pooled"]), again.damaged) == ([], [])


def test_every_field_of_the_key_matters(key: StoreKey) -> None:
    other = [
        replace(key, identity={"weights": "abd"}),
        replace(key, preparation={"max_side": 512}),
        replace(key, template="{image} Why?"),
        replace(key, decoding={"top_k": 50}),
        replace(key, precision="float16"),
    ]
    assert len(other) == len(fields(StoreKey))
    assert len({found.digest for found in (key, *other)}) == len(other) + 1


def test_batch_size_and_device_are_not_in_the_key(key: StoreKey) -> None:
    assert {field.name for field in fields(key)} == {
        "identity", "preparation", "template", "decoding", "precision",
    }  # fmt: skip


def test_the_key_stands_beside_its_shards(store: Store, key: StoreKey) -> None:
    store.write("s1", ["a"], {"pooled": _vectors(1)}, {"batch_size": 8})
    assert json.loads((store.folder / "key.json").read_text()) == key.as_dict()
    assert json.loads((store.folder / "s1.json").read_text())["batch_size"] == 8
    assert store.folder.name == key.digest[:24]
