"""Attention of text before the first image: masked as transformers does now, open as it did up to 4.34."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from medbench.errors import UsageError
from medbench.models import Need, OpenOptions, Prompt, Sampling, Tap, Turn
from medbench_idefics.plugin import medbench_models

TAP = Tap(6, "last")


def _handle(folder, said):
    options = OpenOptions(path=str(folder), extra={"attention_before_first_image": said})
    return medbench_models()[0].open(options)


@pytest.fixture
def text_first(image):
    return Prompt((Turn("verbatim", ("User: look here", image(3), "What is it?")),))


def test_open_is_an_even_look_at_the_images_as_transformers_4_34_had_it(idefics_folder, text_first):
    """The first gated block by hand: text before the image reads the mean of the image's values."""
    model = _handle(idefics_folder, "open").load(Need(taps=(TAP,)), ["cpu"])
    layer, seen = model.decoder.gated_cross_attn_layers[0], {}

    def keep(_layer, args, kwargs, output):
        seen.update(before=args[0], images=args[2], after=output)

    layer.register_forward_hook(keep, with_kwargs=True)
    model.activations([text_first], [TAP])
    allowed = model.inputs([text_first], "right")["image_attention_mask"][0, :, 0]
    early = (allowed == 0).nonzero()[:, 0]
    assert early[0] == 0 and len(early) > 1, "the opening token and more stand before the image"
    with torch.inference_mode():
        attention = layer.cross_attn
        even = attention.o_proj(attention.v_proj(seen["images"]).mean(dim=1))
        states = seen["before"][0, early] + torch.tanh(layer.alpha_cross_attn)[0] * even
        states = states + torch.tanh(layer.alpha_dense)[0] * layer.mlp(layer.post_attention_layernorm(states))
    np.testing.assert_allclose(seen["after"][0, early].numpy(), states.numpy(), atol=1e-5)


def test_masked_is_transformers_own(idefics_folder, text_first):
    opened, masked = (_handle(idefics_folder, said) for said in ("open", "masked"))
    models = [handle.load(Need(taps=(TAP,)), ["cpu"]) for handle in (opened, masked)]
    found = [model.activations([text_first], [TAP])[TAP] for model in models]
    assert not any(layer._forward_pre_hooks for layer in models[1].decoder.gated_cross_attn_layers)
    assert np.abs(found[0] - found[1]).max() > 1e-3


def test_the_marks_before_an_image_that_comes_first_change_too(idefics_folder, probe_prompt):
    values = [
        _handle(idefics_folder, said).load(Need(taps=(TAP,)), ["cpu"]).activations([probe_prompt(0)], [TAP])
        for said in ("open", "masked")
    ]
    assert not np.array_equal(values[0][TAP], values[1][TAP])


def test_replies_and_identity_follow(idefics_folder, text_first):
    seeds = np.zeros((1, 1), np.uint64)
    opened, masked = (_handle(idefics_folder, said) for said in ("open", "masked"))
    replies = [
        handle.load(Need(generate=True), ["cpu"]).generate([text_first], Sampling(12, 1.0, 0), seeds)
        for handle in (opened, masked)
    ]
    assert replies[0] != replies[1]
    assert opened.identity().values["attention_before_first_image"] == "open"
    assert opened.identity().values != masked.identity().values


def test_another_word_is_refused(idefics_folder):
    with pytest.raises(UsageError, match="expected masked or open"):
        _handle(idefics_folder, "none")
