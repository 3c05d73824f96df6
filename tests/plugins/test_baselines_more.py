"""Colours alone, an untrained network, one with ImageNet weights, and answers without the image."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from medbench.choice import Case, build_prompt, extract_answer
from medbench.errors import PluginError
from medbench.models import ImagePart, Need, OpenOptions, Sampling, Tap
from medbench_baselines.blind_text import scores
from medbench_baselines.colour_histogram import count
from medbench_baselines.plugin import medbench_models

POOLED = Tap(None, "pooled")
CARDS = {card.name: card for card in medbench_models()}
PINNED = (-1.350806, -0.192875, -0.674013)


def test_a_histogram_is_of_colours_and_not_of_places():
    pixels = np.random.default_rng(0).integers(0, 255, (40, 60, 3), dtype=np.uint8)
    counts = count(ImagePart(Image.fromarray(pixels), "a"))
    expected, _ = np.histogramdd(pixels.reshape(-1, 3), bins=8, range=[(0, 256)] * 3)
    np.testing.assert_allclose(counts, expected.ravel() / expected.sum(), atol=1e-7)
    turned = count(ImagePart(Image.fromarray(pixels[::-1, ::-1]), "b"))
    np.testing.assert_array_equal(counts, turned)
    large = Image.fromarray(pixels).resize((600, 400), Image.Resampling.NEAREST)
    assert np.abs(count(ImagePart(large, "c")) - counts).sum() < 0.2


@pytest.mark.parametrize("name", ["random-vit", "efficientnet-lite0"])
def test_networks(name, probe_prompt):
    handle = CARDS[name].open(OpenOptions())
    model = handle.load(Need(taps=(POOLED,)), ["cpu"])
    assert sum(p.numel() for p in model.network.parameters()) == handle.parameters == CARDS[name].parameters
    prompts = [probe_prompt(seed) for seed in range(3)]
    found = model.activations(prompts, [POOLED])[POOLED]
    alone = np.concatenate([model.activations([prompt], [POOLED])[POOLED] for prompt in prompts])
    assert found.shape == (3, handle.width) and found.dtype == np.float32
    np.testing.assert_allclose(found, alone, atol=1e-4)
    assert np.abs(found[0] - found[1]).max() > 1e-3, "the image matters"
    assert "weights" in handle.identity().values or name == "random-vit"
    with pytest.raises(PluginError, match="activations only"):
        handle.load(Need(generate=True), ["cpu"])


def test_the_features_are_what_the_packages_own_classifier_reads(probe_prompt):
    import torch

    from medbench_baselines.network_model import _pixels

    model = CARDS["efficientnet-lite0"].open(OpenOptions()).load(Need(taps=(POOLED,)), ["cpu"])
    prompt = probe_prompt(1)
    features = model.activations([prompt], [POOLED])[POOLED]
    pixels = torch.from_numpy(_pixels(prompt.images()[0].image))[None]
    with torch.inference_mode():
        expected = model.network(pixels)
        found = model.network._fc(torch.from_numpy(features))
    np.testing.assert_allclose(found.numpy(), expected.numpy(), atol=1e-4)


def test_an_untrained_network_is_the_same_everywhere(probe_prompt):
    """Its weights are ours, not torch's, so that its line on a board does not move with a release."""
    model = CARDS["random-vit"].open(OpenOptions()).load(Need(taps=(POOLED,)), ["cpu"])
    found = model.activations([probe_prompt(0)], [POOLED])[POOLED][0]
    np.testing.assert_allclose(found[:3], PINNED, atol=1e-3)


@pytest.mark.parametrize(
    ("question", "options", "expected"),
    [
        ("A man with a swollen parotid gland", ("Gout", "Parotid stone", "Scurvy of the gums"), 1),
        ("What is it?", ("Gout", "A very long answer indeed", "Scurvy"), 1),
        ("What is it?", ("Gout", "Itch"), 0),
    ],
)
def test_the_wording_that_gives_an_answer_away(question, options, expected):
    assert scores(question, options).argmax() == expected


def test_blind_answers_do_not_see_the_image(image):
    model = CARDS["blind-text"].open(OpenOptions()).load(Need(generate=True), ["cpu"])
    shot = Case("Which parotid gland?", ("Gout", "Parotid stone"), 1, (image(9),))
    for template in ("options-numbered-text-answer", "nejm-2shot-paper"):
        prompts = [
            build_prompt(
                template, [shot], Case("A rash?", ("Rash of measles", "Parotid gland"), 1, (image(n),))
            )
            for n in range(2)
        ]
        replies = model.generate(prompts, Sampling(8, 1.0, 0), np.zeros((2, 3), np.uint64))
        assert replies[0] == replies[1] and len(replies[0]) == 3
        seeds = np.arange(200, dtype=np.uint64).reshape(2, 100)
        drawn = model.generate(prompts, Sampling(8, 1.0, 50), seeds)
        assert len({reply.text for reply in drawn[0]}) == 2, "tries differ"
        assert extract_answer(replies[0][0].text, prompts[0].options).option == 0, "the shot lends no words"
    with pytest.raises(PluginError, match="answers questions"):
        model.activations(prompts, [POOLED])
