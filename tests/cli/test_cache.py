"""``medbench cache``: what is stored is told, damage is found, and only what is of no use is removed."""

from __future__ import annotations

import json
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medbench.cli.main import main
from medbench.inference import Store, StoreKey
from medbench.models import Reply

TAPS = {"block-1.last": np.ones((2, 3), np.float32), "block-2.last": np.zeros((2, 3), np.float32)}
OLD = time.time() - 3 * 24 * 3600


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    """A cache with one key of activations (two shards) and one of replies."""
    store = Store(
        tmp_path, StoreKey({"address": "org/name", "dtype": "float32", "weights": "ab" * 32}, {}, "")
    )
    store.write("first", ["r1", "r2"], TAPS, {})
    store.write("second", ["r3", "r4"], TAPS, {})
    replies = Store(tmp_path, StoreKey({"baseline": "blind-text"}, {}, "", decoding={"top_k": 50}))
    replies.write("asked", ["q1"], [[Reply("B", 1, "stop")]], {})
    return tmp_path


def _json(capsys: pytest.CaptureFixture[str], cache: Path, *argv: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["cache", *argv, "--cache-dir", str(cache), "--json"])
    return code, json.loads(capsys.readouterr().out)


def _shard(cache: Path, name: str) -> Path:
    [file] = (cache / "store").glob(f"*/{name}")
    return file


def _age(*files: Path) -> None:
    for file in files:
        os.utime(file, (OLD, OLD))


def test_list_has_one_row_a_key(capsys, cache: Path) -> None:
    code, said = _json(capsys, cache, "list")
    rows = {row["model"].split()[0]: row for row in said["keys"]}
    assert code == 0 and set(rows) == {"org/name", "blind-text"}
    assert rows["org/name"]["rows"] == 4 and rows["org/name"]["shards"] == 2
    assert rows["org/name"]["holds"] == "activations, block-1.last, block-2.last"
    assert rows["blind-text"]["holds"] == 'replies, {"top_k": 50}'
    files = [file for file in (cache / "store").rglob("*") if file.is_file()]
    assert said["bytes"] == sum(file.stat().st_size for file in files)


def test_an_empty_cache_is_no_fault(capsys, tmp_path: Path) -> None:
    assert _json(capsys, tmp_path / "none", "list")[1]["keys"] == []
    assert _json(capsys, tmp_path / "none", "verify")[0] == 0
    assert _json(capsys, tmp_path / "none", "prune")[1]["files"] == 0


@pytest.mark.parametrize("place", ["flipped", "cut", "lost"])
def test_verify_finds_damage_and_prune_removes_that_shard_alone(capsys, cache: Path, place: str) -> None:
    assert _json(capsys, cache, "verify")[0] == 0
    file = _shard(cache, "second.safetensors")
    data = bytearray(file.read_bytes())
    data[-1] ^= 1
    if place == "lost":
        file.unlink()
    else:
        file.write_bytes(data if place == "flipped" else data[:-1])
    code, said = _json(capsys, cache, "verify")
    assert code == 1 and said["shards"] == 2 and len(said["damaged"]) == 1
    assert "second" in said["damaged"][0]["what"]
    _json(capsys, cache, "prune")
    code, said = _json(capsys, cache, "verify")
    assert code == 0 and said["shards"] == 2 and said["rows"] == 3
    assert not list((cache / "store").glob("*/second*"))


def test_prune_leaves_what_somebody_may_still_be_writing(capsys, cache: Path) -> None:
    folder = _shard(cache, "first.json").parent
    young, old = folder / ".third.safetensors.7-0123abcd", folder / ".fourth.safetensors.7-0123abcd"
    orphan = folder / "fifth.safetensors"
    for file in (young, old, orphan):
        file.write_bytes(b"half")
    _age(old, orphan)
    assert _json(capsys, cache, "prune", "--dry-run")[1] == {
        "removed": False, "keys": [], "files": 2, "bytes": 8,
    }  # fmt: skip
    assert old.exists() and orphan.exists()
    assert _json(capsys, cache, "prune")[1]["files"] == 2
    assert young.exists() and not old.exists() and not orphan.exists()
    assert _json(capsys, cache, "verify")[1]["rows"] == 5


def test_a_whole_key_goes_when_it_is_named_or_old(capsys, cache: Path) -> None:
    rows = _json(capsys, cache, "list")[1]["keys"]
    named = next(row["key"] for row in rows if row["model"].startswith("org/name"))
    folder = cache / "store" / named
    _age(*folder.iterdir())
    assert _json(capsys, cache, "prune", "--older-than", "4")[1]["keys"] == []
    assert _json(capsys, cache, "prune", "--older-than", "2", "--dry-run")[1]["keys"] == [named]
    assert _json(capsys, cache, "prune", "--key", named[:8])[1]["keys"] == [named]
    assert not folder.exists() and len(_json(capsys, cache, "list")[1]["keys"]) == 1


def test_a_beginning_that_fits_none_or_several_is_refused(capsys, cache: Path) -> None:
    for wrong in ("zz", ""):
        assert main(["cache", "prune", "--key", wrong, "--cache-dir", str(cache)]) == 2
        assert "MB028" in capsys.readouterr().err
    assert len(_json(capsys, cache, "list")[1]["keys"]) == 2
