"""CLIP activations against the library's own features."""

from __future__ import annotations

import numpy as np
import pytest

from medbench.errors import PluginError
from medbench.models import Need, OpenOptions, Prompt, Sampling, Tap, Turn

POOLED, PROJECTED = Tap(None, "pooled"), Tap(None, "projected")


@pytest.fixture(scope="module", params=["clip-vit-b-32", "plip"])
def handle(request, clip_folder):
    from medbench_clip.plugin import medbench_models

    [card] = [card for card in medbench_models() if card.name == request.param]
    return card.open(OpenOptions(path=str(clip_folder)))


@pytest.fixture(scope="module")
def model(handle):
    return handle.load(Need(taps=(POOLED, PROJECTED)), ["cpu"])


def test_pooled_and_projected_are_those_of_the_library(model, handle, clip_folder, probe_prompt):
    import torch
    from transformers import CLIPModel, CLIPProcessor

    prompts = [probe_prompt(seed) for seed in range(3)]
    stock = CLIPModel.from_pretrained(clip_folder).eval()
    processor = CLIPProcessor.from_pretrained(clip_folder)
    pixels = processor(images=[p.images()[0].image for p in prompts], return_tensors="pt")["pixel_values"]
    with torch.inference_mode():
        pooled = stock.vision_model(pixel_values=pixels).pooler_output
        projected = stock.get_image_features(pixel_values=pixels).pooler_output
    found = model.activations(prompts, [POOLED, PROJECTED])
    np.testing.assert_allclose(found[POOLED], pooled.numpy(), atol=1e-5)
    np.testing.assert_allclose(found[PROJECTED], projected.numpy(), atol=1e-5)
    assert found[POOLED].shape == (3, handle.width) and found[PROJECTED].shape == (3, 24)


def test_rows_do_not_depend_on_the_batch_and_follow_the_image(model, image):
    prompts = [Prompt((Turn("verbatim", (image(seed, (40 + seed, 90)), "text")),)) for seed in range(8)]
    together = model.activations(prompts, [POOLED])[POOLED]
    alone = np.concatenate([model.activations([prompt], [POOLED])[POOLED] for prompt in prompts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
    assert np.abs(together[0] - together[1]).mean() > 0.05


def test_an_encoder_reads_one_image_and_no_text(handle, model, image, probe_prompt):
    assert (handle.blocks, handle.outputs, handle.width) == (None, ("pooled", "projected"), 48)
    assert handle.render(probe_prompt(0)) == handle.render(probe_prompt(1, "other")) == "<image>"
    assert handle.count_tokens(prompt=probe_prompt(0)) == 0
    with pytest.raises(PluginError, match="one image"):
        model.activations([Prompt((Turn("verbatim", (image(0), image(1))),))], [POOLED])
    with pytest.raises(PluginError, match="no tap"):
        model.activations([probe_prompt(0)], [Tap(3, "last")])
    with pytest.raises(PluginError, match="activations only"):
        handle.load(Need(generate=True), ["cpu"])
    with pytest.raises(PluginError, match="does not generate"):
        model.generate([probe_prompt(0)], Sampling(1), np.zeros((1, 1), np.uint64))
