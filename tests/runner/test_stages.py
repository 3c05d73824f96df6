"""The standard tap by kind of model, and ``--model-args`` as open options."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from medbench.api import load_task
from medbench.choice import extract_answer
from medbench.cohort import CohortRow, ImageRef
from medbench.errors import PluginError, UsageError
from medbench.models import ImagePart, ModelCard, OpenOptions, Reply, Tap
from medbench.probe import TrainRows
from medbench.runner.choice_stage import _coverage, _extract
from medbench.runner.probe_rows import probe_prompt
from medbench.runner.requests import open_options
from medbench.runner.taps import candidate_taps, select_tap
from medbench.spec import LbfgsProbe, ProbeProtocol, TapRule

RULE = TapRule(None, (0.4,), "last", "pooled")
CARD = ModelCard("m", "x:y", frozenset(), arguments=("prefix",))


def _handle(blocks: int | None, *outputs: str):
    return SimpleNamespace(blocks=blocks, outputs=outputs)


@pytest.mark.parametrize(
    ("blocks", "block"), [(80, 32), (32, 12), (40, 16), (35, 14), (5, 2), (4, 1), (2, 0), (1, 0)]
)
def test_a_decoder_is_read_at_two_fifths(blocks: int, block: int) -> None:
    assert candidate_taps(_handle(blocks), RULE) == [Tap(block, "last")]


def test_an_encoder_is_read_before_projection_or_at_its_only_output() -> None:
    assert candidate_taps(_handle(None, "projected", "pooled"), RULE) == [Tap(None, "pooled")]
    assert candidate_taps(_handle(None, "projected"), RULE) == [Tap(None, "projected")]
    with pytest.raises(PluginError, match="cls, mean") as caught:
        candidate_taps(_handle(None, "cls", "mean"), RULE)
    assert caught.value.code == "MB712"


def test_depths_that_meet_in_one_block_are_one_candidate() -> None:
    rule = TapRule(None, (0.25, 0.4, 0.6, 0.8, "last"), "last", "pooled")
    assert [tap.block for tap in candidate_taps(_handle(80), rule)] == [20, 32, 48, 64, 79]
    assert [tap.block for tap in candidate_taps(_handle(2), rule)] == [0, 1]
    assert candidate_taps(_handle(None, "pooled"), rule) == [Tap(None, "pooled")]


def test_the_tap_with_the_smallest_validation_loss_is_chosen() -> None:
    rng = np.random.default_rng(0)
    y, groups = np.tile([0, 1], 40), np.arange(80)
    noise = rng.normal(size=(80, 3))
    signal = noise + 2 * y[:, None]
    settings = LbfgsProbe(True, (0.01, 1.0), 4, None, 200, 1e-4)
    taps = [Tap(0, "last"), Tap(1, "last"), Tap(2, "last")]
    # the two deeper ones are the same: the shallower of equals is taken
    X = dict(zip(taps, (noise, signal, signal), strict=True))
    tap, found = select_tap(taps, lambda name: TrainRows(X[name], y, groups, 2), settings)
    assert tap == taps[1]
    losses = [row["mean_log_loss"] for row in found["taps"]]
    assert losses[1] == losses[2] < losses[0]
    assert select_tap(taps[:1], lambda _: pytest.fail("nothing to choose"), settings) == (taps[0], {})


@pytest.mark.parametrize(("order", "image_at"), [("image-first", 0), ("text-first", 1)])
def test_a_probe_prompt_is_written_as_it_stands(order: str, image_at: int) -> None:
    image = ImagePart(Image.new("RGB", (1, 1)), "d")
    standard = load_task("T1").protocols["standard"]
    assert isinstance(standard, ProbeProtocol)
    protocol = replace(standard, text="What? ", order=order)
    (turn,) = probe_prompt(image, protocol).turns
    assert (turn.role, turn.parts.index(image)) == ("verbatim", image_at)
    assert turn.parts[1 - image_at] == "What? "


def test_arguments_become_open_options() -> None:
    given = {"path": "w", "dtype": "float32", "prefix": "p", "download": "Yes"}
    assert open_options(CARD, given) == OpenOptions(
        path="w", dtype="float32", offline=False, extra={"prefix": "p"}
    )
    assert open_options(CARD, {}) == OpenOptions()


@pytest.mark.parametrize(
    ("given", "code", "hint"),
    [({"pth": "w"}, "MB006", "did you mean 'path'?"), ({"download": "maybe"}, "MB007", "")],
)
def test_arguments_that_nobody_reads(given: dict[str, str], code: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        open_options(CARD, given)
    assert (caught.value.code, caught.value.hint) == (code, hint)


def test_what_becomes_of_a_reply() -> None:
    """An error is an error even when its text would name an option; coverage counts each case once."""
    options = {"options": ("gout", "scurvy", "lupus")}
    cases = [CohortRow("test", i, "nejm", (ImageRef("x"),), i, 0, options) for i in range(3)]
    replies = [[Reply("gout", 1, "error")], [Reply("scurvy.", 3, "stop")], [Reply("hm", 1, "length")]]
    outcome = _extract(replies, cases, extract_answer)
    assert outcome.options[:, 0].tolist() == [-1, 1, -1]
    assert outcome.status[:, 0].tolist() == ["error", "answered", "unparsed"]
    assert np.array_equal(outcome.tokens, [[1], [3], [1]])
    assert _coverage(outcome) == {"n_spec": 3, "n_scored": 1, "n_unparsed": 1, "n_refused": 0, "n_error": 1}
