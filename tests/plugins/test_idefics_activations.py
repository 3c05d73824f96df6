"""Activations against plain transformers, and what may not change them."""

from __future__ import annotations

import numpy as np
import pytest

from medbench.errors import PluginError
from medbench.models import Need, Tap

FIRST, MIDDLE, LAST = Tap(0, "last"), Tap(3, "last"), Tap(7, "last")


@pytest.fixture(scope="module")
def plain(idefics_folder):
    """The published way: the stock model and processor, ``output_hidden_states``, one prompt."""
    import torch
    from transformers import AutoProcessor, IdeficsForVisionText2Text

    processor = AutoProcessor.from_pretrained(idefics_folder)
    model = IdeficsForVisionText2Text.from_pretrained(idefics_folder).eval()

    def hidden_states(prompt):
        parts = [getattr(part, "image", part) for part in prompt.parts()]
        inputs = processor(text=[parts], add_end_of_utterance_token=False, return_tensors="pt")
        before_norm = []
        hook = model.model.norm.register_forward_hook(lambda _m, inputs, _o: before_norm.append(inputs[0]))
        with torch.inference_mode():
            states = model(**inputs, output_hidden_states=True).hidden_states
        hook.remove()
        return [state[0, -1].numpy() for state in (*states[1:-1], before_norm[0])]

    return hidden_states


def test_activations_equal_the_hidden_states_of_plain_transformers(idefics_model, plain, probe_prompt):
    taps = [FIRST, MIDDLE, LAST]
    for seed in range(2):
        found, expected = idefics_model.activations([probe_prompt(seed)], taps), plain(probe_prompt(seed))
        for tap in taps:
            assert found[tap].shape == (1, 64) and found[tap].dtype == np.float32
            np.testing.assert_allclose(found[tap][0], expected[tap.block], atol=1e-5)


def test_a_truncated_model_gives_the_same_with_fewer_weights(idefics, idefics_model, probe_prompt):
    prompts = [probe_prompt(seed) for seed in range(3)]
    for block in (1, 3, 4, 7):
        tap = Tap(block, "last")
        part = idefics.load(Need(taps=(tap,)), ["cpu"])
        np.testing.assert_array_equal(
            part.activations(prompts, [tap])[tap], idefics_model.activations(prompts, [tap])[tap]
        )
        assert len(part.decoder.layers) == block + 1
        assert _weights(part.decoder) < _weights(idefics_model.generator)
        part.close()


def test_batch_size_padding_and_order_do_not_change_a_row(idefics_model, probe_prompt):
    prompts = [probe_prompt(seed, "Question: What" + " really" * seed + "? Answer:") for seed in range(8)]
    together = idefics_model.activations(prompts, [MIDDLE])[MIDDLE]
    backwards = idefics_model.activations(prompts[::-1], [MIDDLE])[MIDDLE][::-1]
    alone = np.concatenate([idefics_model.activations([prompt], [MIDDLE])[MIDDLE] for prompt in prompts])
    np.testing.assert_allclose(together, alone, rtol=1e-5, atol=2e-5)
    np.testing.assert_allclose(backwards, alone, rtol=1e-5, atol=2e-5)


def test_the_image_and_its_place_among_images_matter(idefics_model, probe_prompt, two_shot_prompt):
    found = idefics_model.activations([probe_prompt(0), probe_prompt(1), probe_prompt(0)], [MIDDLE])[MIDDLE]
    assert np.abs(found[0] - found[1]).mean() > 0.05 * np.abs(found[0]).mean()
    np.testing.assert_allclose(found[0], found[2], atol=1e-5)
    shots = idefics_model.activations([two_shot_prompt(0), two_shot_prompt(1)], [MIDDLE])[MIDDLE]
    assert np.abs(shots[0] - shots[1]).mean() > 1e-3


def test_memory_is_that_of_the_weights(idefics, idefics_model, probe_prompt):
    for need in (Need(generate=True), Need(taps=(MIDDLE,))):
        model = idefics.load(need, ["cpu"])
        module = model.generator or model.decoder
        assert idefics.memory_gib(need) * 1024**3 == pytest.approx(4 * _weights(module), rel=0.05)


def test_other_precisions_come_back_as_numpy_can_hold_them(idefics_folder, probe_prompt):
    from medbench.models import OpenOptions
    from medbench_idefics.plugin import medbench_models

    handles = {
        name: medbench_models()[0].open(OpenOptions(path=str(idefics_folder), dtype=name))
        for name in ("float32", "bfloat16")
    }
    assert len({handle.identity().values["dtype"] for handle in handles.values()}) == 2
    found = {
        name: handle.load(Need(taps=(MIDDLE,)), ["cpu"]).activations([probe_prompt(0)], [MIDDLE])[MIDDLE]
        for name, handle in handles.items()
    }
    assert found["bfloat16"].dtype == np.float32
    np.testing.assert_allclose(found["bfloat16"], found["float32"], atol=0.3)
    assert np.abs(found["bfloat16"] - found["float32"]).max() > 0


@pytest.mark.parametrize("tap", [Tap(8, "last"), Tap(None, "pooled"), Tap(2, "mean")])
def test_an_unknown_tap_is_refused(idefics, idefics_model, probe_prompt, tap):
    with pytest.raises(PluginError, match="no tap"):
        idefics_model.activations([probe_prompt(0)], [tap])
    with pytest.raises(PluginError, match="no tap"):
        idefics.load(Need(taps=(tap,)), ["cpu"])


def _weights(module) -> int:
    return sum(parameter.numel() for parameter in module.parameters())
