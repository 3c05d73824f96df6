"""Names, opening and refusals of ``hf:`` models."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

from medbench.errors import DataError, PluginError, UsageError
from medbench.models import Need, OpenOptions, Prompt, Tap, Turn
from medbench_hf.families import ENCODERS, VISION_LANGUAGE
from medbench_hf.opening import open_address
from medbench_hf.plugin import medbench_resolve_model
from tests.plugins.hf import folder, handle


@pytest.mark.parametrize(
    "name", ["hf:org/name", "hf:llava-hf/llava-1.5-7b-hf", "hf:tiny/qwen2.5-vl", "hf:tiny/vit"]
)
def test_an_address_becomes_a_card(name):
    card = medbench_resolve_model(name)
    everything = {"activations", "generate", "option_loglikelihood"}
    assert card.name == name and card.capabilities == ({"activations"} if "vit" in name else everything)
    assert card.address == ("" if "tiny" in name else name.removeprefix("hf:"))
    assert not card.missing_modules()


@pytest.mark.parametrize(
    "name",
    ["plip", "hf:", "hf:name", "hf:tiny/unheard-of", "hf:../x", "hf:a/..", "hf:a/b/c", "hf:a/b c", "HF:a/b"],
)
def test_other_names_are_for_other_plugins(name):
    assert medbench_resolve_model(name) is None


def test_resolving_a_name_imports_nothing_heavy():
    code = "import sys; from medbench_hf.plugin import medbench_resolve_model as resolve; resolve('hf:a/b')"
    code += "; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not {"torch", "transformers", "accelerate", "numpy", "PIL"} & set(done.stdout.split())


@pytest.mark.parametrize("name", ["hf:org/name", "hf:tiny/llava"])
def test_weights_that_are_not_here_are_a_data_error(name, tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(DataError) as caught:
        medbench_resolve_model(name).open(OpenOptions())
    assert caught.value.code == "MB652" and "path=DIR" in caught.value.hint
    assert ("org/name" in str(caught.value)) == (name == "hf:org/name")


def test_a_checkpoint_of_an_address_is_made_by_family():
    from medbench.runner import write_checkpoint

    with pytest.raises(UsageError) as caught:
        write_checkpoint(medbench_resolve_model("hf:org/name"), folder("vit"))
    assert caught.value.code == "MB009" and "--model hf:tiny/gemma3, or" in caught.value.hint
    assert "siglip, vit" in caught.value.hint


@pytest.mark.parametrize(
    "line", ["new checkpoint --model hf:org/name --output {}/new", "check hf:org/name --tiny"]
)
def test_a_tiny_one_of_an_address_is_the_users_slip(line, tmp_path, capsys):
    from medbench.cli.main import main

    assert main([*line.format(tmp_path).split(), "--cache-dir", str(tmp_path / "cache")]) == 2
    assert "hf:tiny/gemma3" in capsys.readouterr().err and not (tmp_path / "new").exists()


def _with_config(tmp_path, **config):
    (tmp_path / "config.json").write_text(json.dumps(config))
    shutil.copy(folder("vit") / "model.safetensors", tmp_path)
    return OpenOptions(path=str(tmp_path))


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"model_type": "llama"}, "take no image"),
        ({"model_type": "t5gemma2"}, "as this plugin gives it"),
        ({"model_type": "unheard-of"}, "cannot read this config"),
        ({"model_type": "own", "auto_map": {"AutoConfig": "configuration_own.C"}}, "cannot read this config"),
        ({"model_type": "idefics"}, "--model idefics-80b"),
    ],
)
def test_models_that_cannot_be_run_are_refused_at_opening(tmp_path, config, said):
    with pytest.raises(PluginError, match=r"MB732") as caught:
        open_address(_with_config(tmp_path, **config))
    assert said in str(caught.value)


def test_stops_of_the_folders_generation_config_count(tmp_path):
    from medbench_hf.generation import settings

    shutil.copytree(folder("llava"), tmp_path, dirs_exist_ok=True)
    (tmp_path / "generation_config.json").write_text(json.dumps({"eos_token_id": [7, 9]}))
    opened = open_address(OpenOptions(path=str(tmp_path)))
    assert settings(opened, 4).eos_token_id == [2, 7, 9]


def test_wrong_arguments_are_refused():
    with pytest.raises(UsageError, match="sdpa or eager"):
        handle("llava", extra={"attention": "flash"})
    with pytest.raises(UsageError, match="for encoders"):
        handle("llava", extra={"pooling": "mean-text"})
    with pytest.raises(PluginError, match="int8"):
        handle("llava", quantization="int8")
    with pytest.raises(UsageError, match="float23"):
        handle("vit", dtype="float23")


def test_attention_that_a_model_does_not_have_is_named(monkeypatch):
    opened = handle("convnextv2")
    monkeypatch.setattr(opened, "attention", "sdpa")
    with pytest.raises(PluginError, match="MB734") as caught:
        opened.load(Need(), ["cpu"])
    assert "attention=eager" in caught.value.hint


def test_a_processor_that_lacks_a_package_is_named(tmp_path):
    pytest.importorskip("transformers")
    from transformers.utils import is_torchvision_available

    if is_torchvision_available():
        pytest.skip("torchvision is installed")
    shutil.copytree(folder("dinov3-vit"), tmp_path, dirs_exist_ok=True)
    kind = json.dumps({"image_processor_type": "DINOv3ViTImageProcessor"})
    (tmp_path / "preprocessor_config.json").write_text(kind)
    with pytest.raises(PluginError, match=r"MB733.*torchvision"):
        open_address(OpenOptions(path=str(tmp_path))).load(Need(), ["cpu"])


@pytest.mark.parametrize(
    ("family", "file"), [("vit", "preprocessor_config.json"), ("llava", "tokenizer.json")]
)
def test_a_folder_without_its_processor_is_refused(family, file, tmp_path, probe_prompt):
    shutil.copytree(folder(family), tmp_path, dirs_exist_ok=True)
    (tmp_path / file).unlink()
    with pytest.raises(PluginError, match="MB733"):
        opened = open_address(OpenOptions(path=str(tmp_path)))
        opened.load(Need(), ["cpu"]).activations([probe_prompt(0)], [Tap(0, "last")])


def test_a_template_that_lies_with_the_tokenizer_alone_is_found(tmp_path, probe_prompt):
    shutil.copytree(folder("llava"), tmp_path, dirs_exist_ok=True)
    template = (tmp_path / "chat_template.jinja").read_text()
    (tmp_path / "chat_template.jinja").unlink()
    prompt = Prompt((Turn("user", ("What?",)),))
    with pytest.raises(PluginError, match="MB731"):
        open_address(OpenOptions(path=str(tmp_path))).render(prompt)
    file = tmp_path / "tokenizer_config.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"chat_template": template}))
    assert open_address(OpenOptions(path=str(tmp_path))).render(prompt) == handle("llava").render(prompt)


@pytest.mark.parametrize("family", ["smolvlm", "clip"])
def test_pillow_is_asked_for_whatever_is_installed(family, monkeypatch):
    from transformers import AutoImageProcessor

    asked, stock = [], AutoImageProcessor.from_pretrained
    monkeypatch.setattr(
        AutoImageProcessor, "from_pretrained", lambda *a, **k: asked.append(k["backend"]) or stock(*a, **k)
    )
    model = handle(family).load(Need(), ["cpu"])
    assert type(getattr(model, "processor", None) or model.handle.processor).__name__
    assert asked == ["pil"]


@pytest.mark.parametrize("family", ["smolvlm", "clip"])
def test_identity_is_complete_and_follows_what_can_change_an_output(family, tmp_path):
    shutil.copytree(folder(family), tmp_path, dirs_exist_ok=True)
    base = handle(family).identity().values
    assert open_address(OpenOptions(path=str(tmp_path))).identity().values == base
    needed = {"weights", "config", "processor", "chat_template", "dtype", "attention", "image_backend"}
    assert needed | {"quantization", "numerics_version"} <= set(base) and base["image_backend"] == "pil"
    assert ("row_sampler" in base) == (family == "smolvlm")

    def changed(**options):
        other = open_address(OpenOptions(path=str(tmp_path), **options)).identity().values
        return {key for key in base if base[key] != other[key]}

    assert changed(dtype="bfloat16") == {"dtype"}
    assert changed(extra={"attention": "eager"}) == {"attention"}
    for name, key in (
        ("model.safetensors", "weights"),
        ("chat_template.jinja", "chat_template"),
        ("tokenizer.json", "processor"),
        ("generation_config.json", "generation_config"),
    ):
        file = tmp_path / name
        before = file.read_bytes() if file.is_file() else None
        file.write_bytes((before or b"") + b" ")
        assert changed() == {key}
        file.unlink() if before is None else file.write_bytes(before)


@pytest.mark.parametrize("family", [*VISION_LANGUAGE, *ENCODERS])
def test_bfloat16_is_near_float32(family, probe_prompt):
    tap = Tap(1, "last") if family in VISION_LANGUAGE else Tap(None, "pooled")
    found = {
        dtype: handle(family, dtype=dtype)
        .load(Need(taps=(tap,)), ["cpu"])
        .activations([probe_prompt(0)], [tap])
        for dtype in ("float32", "bfloat16")
    }
    full, half = found["float32"][tap], found["bfloat16"][tap]
    assert half.dtype == full.dtype == "float32" and 0 < abs(full - half).max() < 0.2 * abs(full).max()
