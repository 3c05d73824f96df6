"""Activations of every family against ``output_hidden_states`` of plain transformers."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Tap, Turn
from tests.plugins.hf import VISION_LANGUAGE, folder, handle, plain_inputs, plain_model

BLOCKS = (0, 2, 3)
TAPS = [Tap(block, pooling) for block in BLOCKS for pooling in ("last", "mean-text", "mean-image", "token-2")]


@pytest.fixture(scope="module", params=VISION_LANGUAGE)
def family(request):
    return request.param


@pytest.fixture(scope="module")
def model(family):
    return handle(family).load(Need(taps=(Tap(3, "last"),)), ["cpu"])


@pytest.fixture(scope="module")
def prompts(image):
    """Eight chats of different lengths over images of different shapes."""
    texts = ["What is this?" + " Look again." * number for number in range(8)]
    return [
        Prompt((Turn("user", (image(seed, (40 + 9 * seed, 80)), text)),)) for seed, text in enumerate(texts)
    ]


def _expected(family, prompt):
    """Every tap, from the hidden states of one unpadded prompt."""
    inputs, model, last = plain_inputs(family, prompt), plain_model(family), []
    layer = model.get_decoder().layers[-1]
    hook = layer.register_forward_hook(lambda _m, _i, o: last.append(o[0] if isinstance(o, tuple) else o))
    with torch.inference_mode():
        states = model(**inputs, output_hidden_states=True).hidden_states
    hook.remove()
    outputs = [*states[1:-1], last[0]]
    config = model.config
    token = getattr(config, "image_token_id", None) or config.image_token_index
    pictured = inputs["input_ids"][0] == token
    assert pictured.any() and not pictured.all()
    pools = {
        "last": lambda h: h[-1],
        "mean-text": lambda h: h[~pictured].mean(0),
        "mean-image": lambda h: h[pictured].mean(0),
        "token-2": lambda h: h[2],
    }
    return {tap: pools[tap.pooling](outputs[tap.block][0]).numpy() for tap in TAPS}


def test_activations_equal_hidden_states_alone_and_in_a_batch_of_mixed_lengths(family, model, prompts):
    together = model.activations(prompts, TAPS)
    for row, prompt in enumerate(prompts):
        expected, alone = _expected(family, prompt), model.activations([prompt], TAPS)
        for tap in TAPS:
            assert alone[tap].shape == (1, 64) and alone[tap].dtype == np.float32
            np.testing.assert_allclose(alone[tap][0], expected[tap], atol=1e-5, rtol=1e-5, err_msg=tap.name)
            np.testing.assert_allclose(
                together[tap][row], expected[tap], atol=1e-5, rtol=1e-5, err_msg=tap.name
            )


def test_later_blocks_and_the_head_are_never_loaded(family, model, prompts):
    tap = Tap(1, "last")
    opened = handle(family)
    part = opened.load(Need(taps=(tap,)), ["cpu"])
    names = [name for name, _ in part.body.named_parameters()]
    assert len(part.layers) == 2 and not any("lm_head" in name for name in names)
    np.testing.assert_array_equal(
        part.activations(prompts[:2], [tap])[tap], model.activations(prompts[:2], [tap])[tap]
    )
    with pytest.raises(PluginError, match="not loaded"):
        part.activations(prompts[:1], [Tap(2, "last")])
    held = sum(parameter.numel() for parameter in part.body.parameters())
    assert opened.memory_gib(Need(taps=(tap,))) * 1024**3 == pytest.approx(4 * held, rel=0.01)
    assert opened.memory_gib(Need(generate=True)) > opened.memory_gib(Need(taps=(tap,)))


def test_the_image_and_its_place_among_images_matter(model, image):
    def prompt(*seeds):
        return Prompt((Turn("verbatim", (*(image(seed) for seed in seeds), "What is this? Answer:")),))

    tap = Tap(2, "last")
    found = model.activations([prompt(1, 2), prompt(2, 1), prompt(1, 3)], [tap])[tap]
    for other in (1, 2):
        assert np.abs(found[0] - found[other]).mean() > 0.02 * np.abs(found[0]).mean()


def test_an_unknown_tap_is_refused(model, prompts):
    for tap in (Tap(4, "last"), Tap(None, "pooled"), Tap(1, "cls"), Tap(1, "token--1")):
        with pytest.raises(PluginError, match="no tap"):
            model.activations(prompts[:1], [tap])
        with pytest.raises(PluginError, match="no tap"):
            model.handle.load(Need(taps=(tap,)), ["cpu"])


def test_a_token_that_a_prompt_does_not_have_is_refused(model, image):
    text_only = Prompt((Turn("verbatim", ("What?",)),))
    with pytest.raises(PluginError, match="has no token 900"):
        model.activations([Prompt((Turn("verbatim", (image(0), "What?")),))], [Tap(1, "token-900")])
    if model.handle.config.model_type != "paligemma":  # its processor wants an image
        with pytest.raises(PluginError, match="no image tokens"):
            model.activations([text_only], [Tap(1, "mean-image")])


def test_writing_twice_gives_the_same_bytes_and_a_small_folder(family, tmp_path):
    from medbench.models import resolve
    from medbench_hf.families import writer

    before = torch.get_rng_state()
    resolve(writer(family), family)(tmp_path)
    assert torch.equal(before, torch.get_rng_state())
    first, second = (
        {file.name: file.read_bytes() for file in place.iterdir()} for place in (folder(family), tmp_path)
    )
    assert first == second and sum(map(len, first.values())) < 2_000_000
