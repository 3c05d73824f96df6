"""Each value that can change an output keys the store; nothing else does."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.inference import StoreKey
from medbench.models import OpenOptions
from medbench_clip.plugin import medbench_models as clip_models
from medbench_idefics.plugin import medbench_models as idefics_models


def _key(name: str, folder: Path, **options) -> StoreKey:
    cards = {card.name: card for card in (*idefics_models(), *clip_models())}
    identity = cards[name].open(OpenOptions(path=str(folder), **options)).identity()
    preparation = {"max_side": 1024, "normalise": "none"}
    return StoreKey(dict(identity.values), preparation, "template", precision="float32")


def _flip(file: str) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        data = bytearray((folder / file).read_bytes())
        data[-1] ^= 1
        (folder / file).write_bytes(bytes(data))

    return change


def _edit(file: str, key: str, value: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        said = json.loads((folder / file).read_text())
        (folder / file).write_text(json.dumps({**said, key: value}))

    return change


CHANGES = {
    "weights": (_flip("model.safetensors"), {}),
    "config": (_edit("config.json", "rms_norm_eps", 1e-5), {}),
    "processor": (_edit("tokenizer_config.json", "legacy", True), {}),
    "dtype": (None, {"dtype": "bfloat16"}),
    "quantization": (None, {"quantization": "int8"}),
    "attention_before_first_image": (None, {"extra": {"attention_before_first_image": "open"}}),
}


@pytest.mark.parametrize("field", CHANGES)
def test_each_listed_field_changes_the_key_and_itself_alone(field, idefics_folder, tmp_path) -> None:
    change, options = CHANGES[field]
    folder = tmp_path / "copy"
    shutil.copytree(idefics_folder, folder)
    before = _key("idefics-9b", folder)
    if change is not None:
        change(folder)
    after = _key("idefics-9b", folder, **options)
    assert before.digest != after.digest
    assert {k for k in before.identity if before.identity[k] != after.identity[k]} == {field}


@pytest.mark.parametrize(("module", "field"), [("idefics", "numerics_version"), ("idefics", "row_sampler")])
def test_a_new_version_of_the_arithmetic_changes_the_key(module, field, idefics_folder, monkeypatch) -> None:
    before = _key("idefics-9b", idefics_folder)
    name = {"numerics_version": "NUMERICS_VERSION", "row_sampler": "ROW_SAMPLER"}[field]
    monkeypatch.setattr(f"medbench_{module}.handle.{name}", "another")
    after = _key("idefics-9b", idefics_folder)
    assert {k for k in before.identity if before.identity[k] != after.identity[k]} == {field}


@pytest.mark.parametrize("name", ["idefics-9b", "clip-vit-b-32"])
def test_releases_and_places_do_not(name, idefics_folder, clip_folder, tmp_path, monkeypatch) -> None:
    """A patch release of transformers, another folder, threads, devices: in the record, not in the key."""
    folder = idefics_folder if name == "idefics-9b" else clip_folder
    before = _key(name, folder)
    elsewhere = tmp_path / "elsewhere"
    shutil.copytree(folder, elsewhere)
    module = "medbench_idefics" if name == "idefics-9b" else "medbench_clip"
    monkeypatch.setattr(f"{module}.handle.version", lambda _package: "99.9.9")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "3")
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert _key(name, elsewhere).digest == before.digest
