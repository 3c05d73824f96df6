"""Opening a model is light, and says what is missing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import medbench
from medbench.errors import DataError, ExitCode, PluginError, UsageError
from medbench.models import ModelCard, OpenOptions

PLUGINS = ("medbench_idefics", "medbench_clip", "medbench_baselines")
HEAVY = ("torch", "transformers", "sklearn", "accelerate", "numpy", "PIL")


def _cards() -> list[ModelCard]:
    import importlib

    modules = [importlib.import_module(f"{name}.plugin") for name in PLUGINS]
    return [card for module in modules for card in module.medbench_models()]


CARDS = {card.name: card for card in _cards()}
WEIGHTED = [name for name, card in CARDS.items() if card.needs_weights]


def _modules_after(code: str) -> set[str]:
    """Modules that a fresh interpreter holds after ``code``."""
    roots = [str(Path(medbench.__file__).parents[1] / folder) for folder in ("", "plugins")]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(roots)}
    script = f"{code}\nimport sys; print(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_importing_the_plugins_and_their_cards_is_light():
    code = "".join(f"import {name}.plugin; {name}.plugin.medbench_models()\n" for name in PLUGINS)
    assert _modules_after(code).isdisjoint(HEAVY)


def test_opening_rendering_and_identity_import_no_torch(idefics_folder, clip_folder):
    code = f"""
from medbench.models import OpenOptions, Prompt, Turn
import medbench_idefics.plugin as idefics, medbench_clip.plugin as clip
for module, path in ((idefics, {str(idefics_folder)!r}), (clip, {str(clip_folder)!r})):
    handle = module.medbench_models()[0].open(OpenOptions(path=path))
    handle.identity(), handle.blocks, handle.width
    handle.render(Prompt((Turn("user", ("hello",)),)))
"""
    assert _modules_after(code).isdisjoint(("torch", "transformers", "accelerate"))


@pytest.mark.parametrize("name", WEIGHTED)
def test_missing_weights_are_a_data_error_that_says_what_to_do(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(DataError, match="not on this machine") as caught:
        CARDS[name].open(OpenOptions())
    assert caught.value.exit_code == ExitCode.DATA == 3
    assert "path=DIR" in caught.value.hint and "download=yes" in caught.value.hint
    assert CARDS[name].address in str(caught.value)


@pytest.mark.parametrize("name", WEIGHTED)
def test_a_folder_without_a_checkpoint_is_a_data_error(name, tmp_path):
    with pytest.raises(DataError, match=r"config\.json"):
        CARDS[name].open(OpenOptions(path=str(tmp_path)))


@pytest.mark.parametrize("name", WEIGHTED)
def test_every_card_is_complete_and_its_modules_resolve(name):
    card = CARDS[name]
    assert card.summary and card.licence and card.cite and card.training_data and card.address
    assert not card.missing_modules()
    from medbench.models import resolve

    assert callable(resolve(card.opener, name)) and callable(resolve(card.checkpoint_writer, name))


def test_identity_follows_weights_processor_and_dtype(idefics_folder, tmp_path):
    import shutil

    copy = tmp_path / "copy"
    shutil.copytree(idefics_folder, copy)
    card = CARDS["idefics-9b"]
    base = card.open(OpenOptions(path=str(idefics_folder))).identity().values
    assert card.open(OpenOptions(path=str(copy))).identity().values == base
    assert {"weights", "processor", "dtype", "quantization", "attention", "numerics_version"} <= set(base)
    other = card.open(OpenOptions(path=str(copy), dtype="bfloat16")).identity().values
    assert {key for key in base if base[key] != other[key]} == {"dtype"}
    (copy / "processor_config.json").write_text('{"image_processor": {}}')
    weights = copy / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    changed = card.open(OpenOptions(path=str(copy))).identity().values
    assert {key for key in base if base[key] != changed[key]} == {"weights", "processor"}


def test_unknown_dtype_and_quantisation_are_refused(idefics_folder, clip_folder):
    for name, folder in (("idefics-9b", idefics_folder), ("plip", clip_folder)):
        with pytest.raises(UsageError, match="float23") as caught:
            CARDS[name].open(OpenOptions(path=str(folder), dtype="float23"))
        assert "float32" in caught.value.hint
        with pytest.raises(PluginError, match="int4"):
            CARDS[name].open(OpenOptions(path=str(folder), quantization="int4"))


def test_writing_a_checkpoint_twice_gives_the_same_bytes_and_leaves_the_global_seed(idefics_folder, tmp_path):
    import torch

    from medbench_idefics.checkpoint import write

    before = torch.get_rng_state()
    write(tmp_path)
    assert torch.equal(before, torch.get_rng_state())
    folders = (idefics_folder, tmp_path)
    first, second = ({file.name: file.read_bytes() for file in folder.iterdir()} for folder in folders)
    assert first == second
    assert sum(map(len, first.values())) < 3_000_000
