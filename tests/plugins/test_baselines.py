"""The floors: deterministic, independent of batch and image size, and different from image to image."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image

from medbench.models import ImagePart, Need, OpenOptions, Prompt, Tap, Turn
from medbench_baselines.image_stats import NAMES, describe
from medbench_baselines.plugin import medbench_models

POOLED = Tap(None, "pooled")
PINNED = (0.183032, -0.657378, -0.263653)
CARDS = {card.name: card for card in medbench_models()}


PLAIN = [name for name, card in CARDS.items() if "activations" in card.capabilities and not card.requires]


@pytest.mark.parametrize("name", PLAIN)
def test_each_baseline_is_deterministic_and_finite(name, probe_prompt):
    handle = CARDS[name].open(OpenOptions())
    model = handle.load(Need(taps=(POOLED,)), ["cpu"])
    prompts = [probe_prompt(seed) for seed in range(5)]
    found = model.activations(prompts, [POOLED])[POOLED]
    again = handle.load(Need(taps=(POOLED,)), ["cuda:0"]).activations(prompts[::-1], [POOLED])[POOLED][::-1]
    assert found.shape == (5, handle.width) and found.dtype == np.float32 and np.isfinite(found).all()
    np.testing.assert_array_equal(found, again)
    assert len({row.tobytes() for row in found}) == (1 if name == "majority" else 5)
    assert handle.memory_gib(need=Need()) == 0 and handle.outputs == ("pooled",)
    assert "numerics_version" in handle.identity().values


def test_noise_belongs_to_the_digest_alone(image):
    handle = CARDS["random"].open(OpenOptions())
    model = handle.load(Need(), ["cpu"])
    same = ImagePart(image(9).image, image(1).digest)
    prompts = [Prompt((Turn("verbatim", (part,)),)) for part in (image(1), same, image(2))]
    first, second, third = model.activations(prompts, [POOLED])[POOLED]
    np.testing.assert_array_equal(first, second)
    assert abs(np.corrcoef(first, third)[0, 1]) < 0.5
    # Pinned: these numbers are in records, so numpy may not change them without a new numerics version.
    np.testing.assert_allclose(first[:3], PINNED, atol=1e-6)


def test_a_larger_copy_of_an_image_has_the_same_statistics():
    small = Image.fromarray(np.random.default_rng(0).integers(0, 255, (64, 128, 3), dtype=np.uint8))
    large = small.resize((1024, 512), Image.Resampling.NEAREST)
    np.testing.assert_allclose(describe(ImagePart(small, "s")), describe(ImagePart(large, "l")), atol=1e-3)


@pytest.mark.parametrize("colour", [(0, 0, 0), (255, 255, 255), (200, 30, 30)])
def test_a_plain_image_has_finite_statistics(colour):
    found = dict(zip(NAMES, describe(ImagePart(Image.new("RGB", (30, 20), colour), "x")), strict=True))
    assert all(np.isfinite(value) for value in found.values())
    assert found["red_mean"] == pytest.approx(colour[0] / 255)
    assert found["grey_sd"] == pytest.approx(0, abs=1e-6) and found["across_4"] == pytest.approx(0, abs=1e-6)


def test_statistics_have_distinct_names():
    assert len(set(NAMES)) == len(NAMES) == CARDS["image-stats"].open(OpenOptions()).width == 59
