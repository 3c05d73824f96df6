"""8-bit weights, and which card each part of an 80B model goes to."""

from __future__ import annotations

import importlib.util
from collections import Counter

import numpy as np
import pytest

from medbench.errors import DataError
from medbench.models import Need, OpenOptions, Sampling, Tap
from medbench_idefics.device_map import device_map
from medbench_idefics.plugin import medbench_models
from medbench_idefics.shape import Shape

GIB = 1024**3
TAP = Tap(5, "last")
EIGHTY_B = Shape(
    {
        "num_hidden_layers": 80,
        "hidden_size": 8192,
        "cross_layer_interval": 4,
        "intermediate_size": 22016,
        "use_resampler": True,
        "vision_config": {"embed_dim": 1280, "num_hidden_layers": 32, "intermediate_size": 5120},
    }
)


def _int8(folder):
    return medbench_models()[0].open(OpenOptions(path=str(folder), quantization="int8"))


def test_int8_computes_nearly_the_same_from_a_quarter_of_the_memory(
    idefics, idefics_folder, idefics_model, probe_prompt
):
    from bitsandbytes.nn import Linear8bitLt

    handle = _int8(idefics_folder)
    model = handle.load(Need(taps=(TAP,)), ["cpu"])
    assert isinstance(model.decoder.layers[0].mlp.up_proj, Linear8bitLt)
    prompts = [probe_prompt(seed) for seed in range(3)]
    found, exact = (m.activations(prompts, [TAP])[TAP] for m in (model, idefics_model))
    cosine = (found * exact).sum(axis=1) / np.linalg.norm(found, axis=1) / np.linalg.norm(exact, axis=1)
    assert (cosine > 0.99).all() and not np.array_equal(found, exact)
    assert handle.identity().values["quantization"] == "int8"
    assert handle.memory_gib(Need(taps=(TAP,))) == idefics.memory_gib(Need(taps=(TAP,))) / 4


def test_int8_replies(idefics_folder, two_shot_prompt):
    model = _int8(idefics_folder).load(Need(generate=True), ["cpu"])
    [[reply]] = model.generate([two_shot_prompt(0)], Sampling(6, 1.0, 0), np.zeros((1, 1), np.uint64))
    assert reply.finish in ("stop", "length")


def test_int8_rows_and_tries_do_not_depend_on_the_batch(idefics_folder, two_shot_prompt, probe_prompt):
    """LLM.int8 keeps outlier columns of the whole batch apart, so every row is computed alone."""
    model = _int8(idefics_folder).load(Need(taps=(TAP,), generate=True), ["cpu"])
    prompts = [probe_prompt(seed) for seed in range(3)]
    together = model.activations(prompts, [TAP])[TAP]
    single = [model.activations([prompt], [TAP])[TAP][0] for prompt in prompts]
    np.testing.assert_array_equal(together, single)
    cases = [two_shot_prompt(seed) for seed in range(2)]
    seeds = np.arange(4, dtype=np.uint64).reshape(2, 2)
    drawn = model.generate(cases, Sampling(5, 1.0, 50), seeds)
    one = model.generate(cases[1:], Sampling(5, 1.0, 50), seeds[1:, 1:])
    assert drawn[1][1] == one[0][0]


def test_without_the_package_the_lack_is_said(idefics_folder, monkeypatch):
    real = importlib.util.find_spec
    lacking = lambda name: None if name == "bitsandbytes" else real(name)  # noqa: E731
    monkeypatch.setattr("medbench_idefics.handle.find_spec", lacking)
    with pytest.raises(DataError, match="MB658") as caught:
        _int8(idefics_folder)
    assert "medbench[int8]" in caught.value.hint


@pytest.mark.parametrize(
    ("cards", "gib", "blocks", "head"), [(4, 46, 80, True), (3, 75, 80, True), (2, 44, 36, False)]
)
def test_no_gated_block_is_away_from_the_blocks_that_it_serves(cards, gib, blocks, head):
    """The sizes of reference/runtime.md, D: five groups of 7.9 GB a card on four cards of 46 GiB."""
    free = dict.fromkeys(range(4, 4 + cards), gib * GIB)
    found = device_map(EIGHTY_B, blocks, free, 2, head)
    at = "model." if head else ""
    for block in range(blocks):
        assert found[f"{at}layers.{block}"] == found[f"{at}gated_cross_attn_layers.{block // 4}"]
    order = [found[f"{at}layers.{block}"] for block in range(blocks)]
    assert order == sorted(order) and set(order) == set(free), "filled in order, every card used"
    groups = Counter(found[f"{at}gated_cross_attn_layers.{n}"] for n in range(blocks // 4))
    if (cards, head) == (4, True):
        assert set(groups.values()) == {5}
    held = Counter({card: n * EIGHTY_B.parameters_of_group(4) * 2 for card, n in groups.items()})
    assert max(held.values()) < gib * GIB


def test_cards_that_are_too_small_are_said():
    with pytest.raises(MemoryError, match="card 0 would hold"):
        device_map(EIGHTY_B, 80, {0: 30 * GIB, 1: 30 * GIB}, 2, True)


@pytest.mark.parametrize("head", [True, False])
def test_the_map_names_every_module(idefics_folder, idefics, head):
    """transformers refuses a map that leaves a weight without a place."""
    from transformers import IdeficsForVisionText2Text
    from transformers import IdeficsModel as Decoder

    named = device_map(idefics.shape, idefics.blocks, {0: GIB}, 4, head)
    model = (IdeficsForVisionText2Text if head else Decoder).from_pretrained(
        idefics_folder, device_map=dict.fromkeys(named, "cpu")
    )
    assert {p.device.type for p in model.parameters()} == {"cpu"}
    names = [name for name, _ in model.named_parameters()]
    assert all(any(name.startswith(f"{module}.") for module in named) for name in names)
