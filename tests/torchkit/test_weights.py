"""Finding and digesting checkpoints, without torch."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from medbench.errors import DataError, PluginError
from medbench.models import OpenOptions
from medbench.torchkit import files_digest, local_checkpoint, weight_files, weights_digest


def _checkpoint(folder, weights=b"weights"):
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


@pytest.fixture
def hub(tmp_path, monkeypatch):
    for name in ("HF_HUB_CACHE", "HUGGINGFACE_HUB_CACHE", "HF_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HOME", str(tmp_path / "home"))
    return tmp_path / "home" / "hub" / "models--org--name"


def _reference(hub, name, commit):
    (hub / "refs").mkdir(exist_ok=True)
    (hub / "refs" / name).write_text(commit)


def test_the_digest_is_of_the_files_that_are_read(tmp_path):
    folder = _checkpoint(tmp_path / "c")
    inner = hashlib.sha256(b"weights").hexdigest()
    assert weights_digest(folder) == hashlib.sha256(f"model.safetensors {inner}\n".encode()).hexdigest()
    before = weights_digest(folder)
    (folder / "pytorch_model.bin").write_bytes(b"the same again")
    assert weights_digest(folder) == before
    (folder / "model.safetensors").write_bytes(b"other")
    assert weights_digest(folder) != before


def test_sharded_weights_are_read_from_the_index_and_must_be_complete(tmp_path):
    folder = _checkpoint(tmp_path / "c")
    (folder / "model.safetensors").unlink()
    index = {
        "weight_map": {"a": "model-2.safetensors", "b": "model-1.safetensors", "c": "model-1.safetensors"}
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    (folder / "model-1.safetensors").write_bytes(b"1")
    with pytest.raises(DataError, match=r"model-2\.safetensors") as caught:
        weight_files(folder)
    assert caught.value.code == "MB653"
    (folder / "model-2.safetensors").write_bytes(b"2")
    assert [file.name for file in weight_files(folder)] == ["model-1.safetensors", "model-2.safetensors"]


def test_a_files_digest_ignores_what_is_not_there_and_the_order_asked(tmp_path):
    (tmp_path / "a.json").write_text("1")
    (tmp_path / "b.json").write_text("2")
    assert files_digest(tmp_path, ["b.json", "a.json", "c.json"]) == files_digest(
        tmp_path, ["a.json", "b.json"]
    )


def test_a_given_path_wins_and_must_hold_a_checkpoint(tmp_path, hub):
    folder = _checkpoint(tmp_path / "c")
    assert local_checkpoint(OpenOptions(path=str(folder)), "org/name") == folder
    (folder / "config.json").unlink()
    with pytest.raises(DataError, match=r"looked for config\.json") as caught:
        local_checkpoint(OpenOptions(path=str(folder)), "org/name")
    assert caught.value.code == "MB651" and str(folder) in str(caught.value)


def test_the_hubs_cache_is_found_by_revision(hub):
    first, second = (_checkpoint(hub / "snapshots" / commit) for commit in ("c1", "c2"))
    with pytest.raises(DataError):
        local_checkpoint(OpenOptions(), "org/name")
    _reference(hub, "main", "c2")
    assert local_checkpoint(OpenOptions(), "org/name") == second
    assert local_checkpoint(OpenOptions(revision="c1"), "org/name") == first
    assert local_checkpoint(OpenOptions(address="org/name"), "other/card") == second
    with pytest.raises(DataError):
        local_checkpoint(OpenOptions(revision="c3"), "org/name")


def test_a_half_fetched_snapshot_counts_as_absent(hub):
    folder = _checkpoint(hub / "snapshots" / "c1")
    assert local_checkpoint(OpenOptions(), "org/name") == folder
    (folder / "model.safetensors").unlink()
    with pytest.raises(DataError) as caught:
        local_checkpoint(OpenOptions(), "org/name", licence="MIT")
    assert caught.value.code == "MB652" and "licence: MIT" in caught.value.hint


def test_a_download_is_asked_for_once_and_skips_doubled_weights(hub, tmp_path, monkeypatch):
    asked = {}

    def snapshot_download(address, revision, ignore_patterns):
        asked.update(address=address, revision=revision, ignored=ignore_patterns)
        return str(tmp_path / "snapshot")

    files = ["config.json", "model.safetensors", "pytorch_model.bin"]
    api = SimpleNamespace(list_repo_files=lambda address, revision: files)
    fake = SimpleNamespace(HfApi=lambda: api, snapshot_download=snapshot_download)
    monkeypatch.setitem(sys.modules, "huggingface_hub", fake)
    options = OpenOptions(offline=False, revision="v1")
    assert local_checkpoint(options, "org/name") == tmp_path / "snapshot"
    assert asked["address"] == "org/name" and asked["revision"] == "v1" and "*.bin" in asked["ignored"]
    files.remove("model.safetensors")
    local_checkpoint(options, "org/name")
    assert "*.bin" not in asked["ignored"]


def test_a_failed_download_is_a_data_error(hub, monkeypatch):
    def unreachable():
        raise ConnectionError("no route to host")

    monkeypatch.setitem(
        sys.modules, "huggingface_hub", SimpleNamespace(HfApi=unreachable, snapshot_download=None)
    )
    with pytest.raises(DataError, match="no route to host") as caught:
        local_checkpoint(OpenOptions(offline=False), "org/name")
    assert caught.value.code == "MB654"
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(PluginError, match="needs huggingface_hub"):
        local_checkpoint(OpenOptions(offline=False), "org/name")


@pytest.mark.parametrize("name", ["config.json", "model.safetensors"])
def test_a_damaged_checkpoint_is_named(name: str, clip_copy: Path) -> None:
    from medbench.models import Need, Tap
    from medbench_clip.plugin import medbench_models

    (clip_copy / name).write_bytes((clip_copy / name).read_bytes()[:100])
    with pytest.raises(DataError) as caught:
        handle = medbench_models()[0].open(OpenOptions(path=str(clip_copy)))
        handle.load(Need(taps=(Tap(None, "pooled"),)), ["cpu"])
    assert caught.value.code == "MB656"


@pytest.fixture
def clip_copy(tmp_path: Path) -> Path:
    from medbench_clip.checkpoint import write

    write(tmp_path)
    return tmp_path


@pytest.mark.parametrize("place", ["path", "hub"])
def test_an_adapter_beside_the_weights_is_refused(tmp_path, hub, place):
    folder = _checkpoint(tmp_path / "c" if place == "path" else hub / "snapshots" / "abc")
    if place == "hub":
        _reference(hub, "main", "abc")
    options = OpenOptions(path=str(folder) if place == "path" else None)
    assert local_checkpoint(options, "org/name") == folder
    (folder / "adapter_config.json").write_text("{}")
    with pytest.raises(DataError, match="adapter") as caught:
        local_checkpoint(options, "org/name")
    assert caught.value.code == "MB659" and "merge" in caught.value.hint
