"""A shard is read against its digest once, and again when the file is not the same any more."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from medbench.inference import Store, verified
from medbench.inference.shards import find_shards

OLD = 3600


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files read whole from now on."""
    seen: list[str] = []
    whole = verified.has_digest

    def spy(file: Path, sha256: str) -> bool:
        seen.append(file.name)
        return whole(file, sha256)

    monkeypatch.setattr(verified, "has_digest", spy)
    return seen


def _shard(store: Store, name: str, age: float = OLD) -> Path:
    store.write(name, [name], {"t": np.ones((1, 4), np.float32)}, {})
    file = store.folder / f"{name}.safetensors"
    os.utime(file, (moment := time.time() - age, moment))
    return file


def test_once(store: Store, reopen: Callable[[], Store], read: list[str]) -> None:
    _shard(store, "a"), _shard(store, "b")
    assert reopen().missing(["a", "b"], ["t"]) == []
    assert sorted(read) == ["a.safetensors", "b.safetensors"]
    read.clear()
    assert reopen().missing(["a", "b"], ["t"]) == []
    assert read == []


def test_a_change_is_found(store: Store, reopen: Callable[[], Store]) -> None:
    file = _shard(store, "a")
    reopen()
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    again = reopen()
    assert (again.missing(["a"], ["t"]), len(again.damaged)) == (["a"], 1)


def test_a_copy_with_the_same_times_is_another_file(store: Store, reopen: Callable[[], Store]) -> None:
    file = _shard(store, "a")
    reopen()
    state, data = file.stat(), bytearray(file.read_bytes())
    data[-1] ^= 1
    other = file.with_name("other")
    other.write_bytes(bytes(data))
    os.utime(other, ns=(state.st_atime_ns, state.st_mtime_ns))
    other.replace(file)
    assert reopen().missing(["a"], ["t"]) == ["a"]


def test_a_file_of_this_moment_is_read_again(
    store: Store, reopen: Callable[[], Store], read: list[str]
) -> None:
    _shard(store, "a", age=0)
    reopen(), reopen()
    assert read == ["a.safetensors"] * 2, "a change right after would have the same time"


def test_a_look_without_memory_reads_everything(store: Store, reopen: Callable[[], Store]) -> None:
    file = _shard(store, "a")
    reopen()
    state, data = file.stat(), bytearray(file.read_bytes())
    data[-1] ^= 1
    file.write_bytes(bytes(data))
    # what a failing disk does: other bytes under the same name, size, time and inode
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert reopen().missing(["a"], ["t"]) == [], "believed, since nothing shows the change"
    assert find_shards(store.folder)[0] == [], "medbench cache verify reads all bytes"


def test_a_cache_that_cannot_be_written(store: Store, reopen: Callable[[], Store], tmp_path: Path) -> None:
    _shard(store, "a")
    (tmp_path / "verified.sqlite").mkdir()
    assert reopen().missing(["a"], ["t"]) == []
