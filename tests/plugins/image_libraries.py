"""Run by ``test_image_libraries.py`` in an environment of its own, with timm, open_clip, torchvision."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import open_clip
import pytest
import timm
import torch
from PIL import Image
from timm.data import create_transform, resolve_model_data_config

from medbench.errors import DataError, UsageError
from medbench.models import ImagePart, Need, OpenOptions, Prompt, Tap, Turn
from medbench.models.card import resolve
from medbench_hf.plugin import medbench_resolve_model

TINY = ("timm:tiny/vit", "open_clip:tiny/clip")
OUTPUTS = {TINY[0]: ("pooled", "cls", "mean"), TINY[1]: ("projected", "pooled", "cls", "mean")}


def card(name: str):
    found = medbench_resolve_model(name)
    assert found is not None
    return found


@pytest.fixture(scope="module", params=TINY)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def folder(name: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("checkpoint")
    resolve(card(name).checkpoint_writer, name)(place)
    return place


def images(count: int) -> list[Image.Image]:
    drawn = np.random.default_rng(7)
    return [
        Image.fromarray(drawn.integers(0, 256, (60 + 9 * at, 80, 3), dtype=np.uint8)) for at in range(count)
    ]


def ours(name: str, shown: list[Image.Image], **options) -> dict[str, np.ndarray]:
    handle = card(name).open(OpenOptions(**options))
    need = Need(taps=tuple(Tap(None, output) for output in handle.outputs))
    model = handle.load(need, ["cpu"])
    prompts = [Prompt((Turn("user", (ImagePart(image, str(at)),)),)) for at, image in enumerate(shown)]
    return {tap.pooling: values for tap, values in model.activations(prompts, need.taps).items()}


def theirs(name: str, folder: Path, shown: list[Image.Image]) -> dict[str, np.ndarray]:
    """By the libraries' own factories, weights and image transforms."""
    with torch.inference_mode():
        if name.startswith("timm"):
            said = json.loads((folder / "config.json").read_text())
            model = timm.create_model(
                said["architecture"],
                checkpoint_path=str(folder / "model.safetensors"),
                pretrained_cfg_overlay=said["pretrained_cfg"],
                **said["model_args"],
            ).eval()
            transform = create_transform(**resolve_model_data_config(model), is_training=False)
            states = model.forward_features(torch.stack([transform(image) for image in shown]))
            pooled = model.forward_head(states, pre_logits=True)
            found = {"pooled": pooled, "cls": states[:, 0], "mean": states[:, 1:].mean(1)}
        else:
            model, _, transform = open_clip.create_model_and_transforms(f"local-dir:{folder}")
            pixels = torch.stack([transform(image) for image in shown])
            found = {"projected": model.eval().encode_image(pixels)}
            model.visual.proj, model.visual.output_tokens = None, True
            pooled, tokens = model.visual(pixels)
            found |= {"pooled": pooled, "cls": pooled, "mean": tokens.mean(1)}
    return {output: values.numpy() for output, values in found.items()}


@pytest.mark.parametrize("count", [1, 8])
def test_outputs_equal_those_of_the_librarys_own_pipeline(name: str, folder: Path, count: int) -> None:
    found, expected = ours(name, images(count), path=str(folder)), theirs(name, folder, images(count))
    assert tuple(found) == OUTPUTS[name] and set(found) == set(expected)
    for output, values in expected.items():
        assert np.abs(found[output] - values).max() <= 1e-5 * max(1.0, np.abs(values).max()), output
        assert values.std() > 1e-2


def test_rows_differ_with_their_image(name: str, folder: Path) -> None:
    for values in ours(name, images(2), path=str(folder)).values():
        assert np.abs(values[0] - values[1]).max() > 1e-3


def test_a_file_alone_is_enough_for_a_published_architecture(tmp_path: Path) -> None:
    model = timm.create_model("test_vit", pretrained=False, num_classes=7)
    torch.save(model.state_dict(), tmp_path / "own.pth")
    [values] = ours("timm:test_vit", images(1), path=str(tmp_path / "own.pth"))["pooled"]
    transform = create_transform(**resolve_model_data_config(model), is_training=False)
    with torch.inference_mode():
        states = model.eval().forward_features(transform(images(1)[0])[None])
        expected = model.forward_head(states, pre_logits=True)[0].numpy()
    assert np.abs(values - expected).max() <= 1e-5


@pytest.mark.parametrize("architecture", ["test_convnext", "test_resnet", "test_efficientnet"])
def test_maps_of_convolutional_networks_are_averaged(architecture: str, tmp_path: Path) -> None:
    model = timm.create_model(architecture, pretrained=False, num_classes=3).eval()
    torch.save(model.state_dict(), tmp_path / "own.pth")
    found = ours(f"timm:{architecture}", images(2), path=str(tmp_path / "own.pth"))
    assert tuple(found) == ("pooled", "mean")
    transform = create_transform(**resolve_model_data_config(model), is_training=False)
    with torch.inference_mode():
        states = model.forward_features(torch.stack([transform(image) for image in images(2)]))
        assert np.abs(found["mean"] - states.mean((2, 3)).numpy()).max() <= 1e-5
        pooled = model.forward_head(states, pre_logits=True).numpy()
        assert np.abs(found["pooled"] - pooled).max() <= 1e-5


def test_a_pickle_that_runs_code_is_refused(tmp_path: Path) -> None:
    class Evil:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    torch.save({"weight": Evil()}, tmp_path / "evil.pth")
    with pytest.raises(DataError, match="MB656"):
        ours("timm:test_vit", images(1), path=str(tmp_path / "evil.pth"))
    assert not (tmp_path / "ran").exists()


def test_weights_with_holes_are_refused(name: str, folder: Path, tmp_path: Path) -> None:
    from safetensors.torch import load_file, save_file

    [file] = folder.glob("*.safetensors")
    (tmp_path / "holes").mkdir()
    for config in folder.glob("*.json"):
        (tmp_path / "holes" / config.name).write_bytes(config.read_bytes())
    values = load_file(file)
    values.pop(next(key for key in values if "patch_embed.proj.weight" in key or "visual.conv1" in key))
    save_file(values, tmp_path / "holes" / file.name)
    with pytest.raises(DataError, match="MB655"):
        ours(name, images(1), path=str(tmp_path / "holes"))


def test_identity_changes_with_weights_and_preparation(name: str, folder: Path, tmp_path: Path) -> None:
    def values(place: Path) -> dict[str, str]:
        return dict(card(name).open(OpenOptions(path=str(place))).identity().values)

    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    before = values(tmp_path)
    assert before == values(folder)
    [config] = [file for file in tmp_path.iterdir() if file.suffix == ".json"]
    said = json.loads(config.read_text())
    said["pretrained_cfg" if "timm" in name else "preprocess_cfg"]["mean"] = [0.1, 0.2, 0.3]
    config.write_text(json.dumps(said))
    after = values(tmp_path)
    assert {key for key in before if before[key] != after[key]} == {"image_preparation"}


def test_identity_changes_with_what_the_network_is_built_with(
    name: str, folder: Path, tmp_path: Path
) -> None:
    def values(place: Path) -> dict[str, str]:
        return dict(card(name).open(OpenOptions(path=str(place))).identity().values)

    for file in folder.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    [config] = [file for file in tmp_path.iterdir() if file.suffix == ".json"]
    said = json.loads(config.read_text())
    if "timm" in name:
        said["model_args"] = {**said["model_args"], "drop_rate": 0.25}
    else:
        said["model_cfg"]["quick_gelu"] = True
    config.write_text(json.dumps(said))
    before, after = values(folder), values(tmp_path)
    assert {key for key in before if before[key] != after[key]} == {"construction"}


def test_a_folder_of_another_architecture_is_refused(tmp_path: Path) -> None:
    resolve(card(TINY[0]).checkpoint_writer, TINY[0])(tmp_path)
    with pytest.raises(UsageError, match="MB007") as fault:
        card("timm:test_resnet").open(OpenOptions(path=str(tmp_path)))
    assert "the folder holds" in fault.value.message


def test_names_that_do_not_exist_get_the_nearest() -> None:
    with pytest.raises(UsageError, match="MB007") as fault:
        card("timm:vit_base_patch16_22").open(OpenOptions(path="x"))
    assert "vit_base_patch16_224" in str(fault.value.hint)
    with pytest.raises(UsageError, match="MB007") as fault:
        card("open_clip:ViT-B-33").open(OpenOptions(path="x"))
    assert "ViT-B-32" in str(fault.value.hint)


@pytest.mark.parametrize("name", ["timm:vit_base_patch16_224", "open_clip:ViT-B-32"])
def test_nothing_is_downloaded_unasked(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(DataError, match="MB652"):
        card(name).open(OpenOptions())
