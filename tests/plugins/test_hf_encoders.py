"""Image encoders of every family against the outputs of plain transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from medbench.errors import PluginError, UsageError
from medbench.models import Need, OpenOptions, Prompt, Sampling, Tap, Turn
from medbench_hf.families import ENCODERS
from tests.plugins.hf import folder, handle

OUTPUTS = {
    "clip": ("pooled", "cls", "mean", "projected"),
    "convnextv2": ("pooled", "mean"),
    "dinov2": ("pooled", "cls", "mean"),
    "dinov3-vit": ("pooled", "cls", "mean"),
    "siglip": ("pooled", "mean"),
    "vit": ("pooled", "cls", "mean"),
}
PREFIX = {"clip": 1, "dinov2": 1, "dinov3-vit": 5, "siglip": 0, "vit": 1}


@pytest.fixture(scope="module", params=ENCODERS)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    return handle(family).load(Need(taps=(Tap(None, "pooled"),)), ["cpu"])


@pytest.fixture(scope="module")
def prompts(image):
    return [Prompt((Turn("verbatim", (image(seed, (50 + 9 * seed, 80)), "text")),)) for seed in range(8)]


def _expected(family, prompts):
    from transformers import AutoImageProcessor, AutoModel

    plain = AutoModel.from_pretrained(folder(family)).eval()
    processor = AutoImageProcessor.from_pretrained(folder(family), backend="pil")
    pixels = processor(images=[p.images()[0].image for p in prompts], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        tower = getattr(plain, "vision_model", plain)(pixel_values=pixels)
        features = getattr(plain, "get_image_features", lambda **_: tower)(pixel_values=pixels)
    states = tower.last_hidden_state
    mean = states.mean((2, 3)) if states.ndim == 4 else states[:, PREFIX[family] :].mean(1)
    found = {"pooled": tower.pooler_output, "mean": mean, "cls": states[:, 0]}
    return found | {"projected": features.pooler_output}


def test_outputs_are_those_of_the_library_alone_and_in_a_batch(family, model, prompts):
    assert model.handle.outputs == OUTPUTS[family] and model.handle.blocks is None
    taps = [Tap(None, name) for name in OUTPUTS[family]]
    together, expected = model.activations(prompts, taps), _expected(family, prompts)
    for tap in taps:
        alone = np.concatenate([model.activations([prompt], [tap])[tap] for prompt in prompts])
        np.testing.assert_allclose(together[tap], expected[tap.pooling], atol=1e-5, rtol=1e-5)
        np.testing.assert_allclose(alone, expected[tap.pooling], atol=1e-5, rtol=1e-5)
        assert handle(family, extra={"pooling": tap.pooling}).width == together[tap].shape[1]
        assert np.abs(together[tap][0] - together[tap][1]).mean() > 0.02 * np.abs(together[tap]).mean()


def test_memory_is_that_of_the_image_tower(family, model):
    held = [*model.tower.parameters(), *(model.projection.parameters() if model.projection else [])]
    weights = sum(parameter.numel() for parameter in held)
    assert model.handle.memory_gib(Need()) * 1024**3 == pytest.approx(4 * weights, rel=0.02)


def test_an_encoder_refuses_text_other_taps_and_other_poolings(family, model, prompts, image):
    with pytest.raises(PluginError, match="activations only"):
        model.handle.load(Need(generate=True), ["cpu"])
    with pytest.raises(PluginError, match="does not generate"):
        model.generate(prompts, Sampling(1), np.zeros((8, 1), np.uint64))
    with pytest.raises(PluginError, match="no tap"):
        model.activations(prompts, [Tap(0, "last")])
    with pytest.raises(PluginError, match="one image"):
        model.activations([Prompt((Turn("verbatim", (image(0), image(1))),))], [Tap(None, "pooled")])
    with pytest.raises(UsageError, match="no output 'nonsense'"):
        handle(family, extra={"pooling": "nonsense"})
    assert handle(family, extra={"pooling": "mean"}).outputs == ("mean",)


def test_a_vit_published_without_its_pooler_gives_the_class_token(tmp_path, prompts):
    from transformers import AutoImageProcessor, ViTConfig, ViTForImageClassification

    from medbench_hf.opening import open_address

    ViTForImageClassification(ViTConfig.from_pretrained(folder("vit"))).save_pretrained(tmp_path)
    AutoImageProcessor.from_pretrained(folder("vit"), backend="pil").save_pretrained(tmp_path)
    model = open_address(OpenOptions(path=str(tmp_path))).load(Need(), ["cpu"])
    taps = [Tap(None, "pooled"), Tap(None, "cls")]
    found = model.activations(prompts, taps)
    np.testing.assert_array_equal(found[taps[0]], found[taps[1]])
