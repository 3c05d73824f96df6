"""The standard tap by kind of model, and ``--model-args`` as open options."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from medbench.api import load_task
from medbench.cohort import CohortRow, ImageRef
from medbench.errors import PluginError, UsageError
from medbench.models import ImagePart, ModelCard, OpenOptions, Reply, Tap
from medbench.runner.choice_stage import _coverage, _extract
from medbench.runner.probe_stage import probe_prompt, standard_tap
from medbench.runner.requests import open_options
from medbench.spec import ProbeProtocol, TapRule

RULE = TapRule(None, (0.4,), "last", "pooled")
CARD = ModelCard("m", "x:y", frozenset(), arguments=("prefix",))


def _handle(blocks: int | None, *outputs: str):
    return SimpleNamespace(blocks=blocks, outputs=outputs)


@pytest.mark.parametrize(
    ("blocks", "block"), [(80, 32), (32, 12), (40, 16), (35, 14), (5, 2), (4, 1), (2, 0), (1, 0)]
)
def test_a_decoder_is_read_at_two_fifths(blocks: int, block: int) -> None:
    assert standard_tap(_handle(blocks), RULE) == Tap(block, "last")


def test_an_encoder_is_read_before_projection_or_at_its_only_output() -> None:
    assert standard_tap(_handle(None, "projected", "pooled"), RULE) == Tap(None, "pooled")
    assert standard_tap(_handle(None, "projected"), RULE) == Tap(None, "projected")
    with pytest.raises(PluginError, match="cls, mean") as caught:
        standard_tap(_handle(None, "cls", "mean"), RULE)
    assert caught.value.code == "MB712"


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
    outcome = _extract(replies, cases)
    assert outcome.options[:, 0].tolist() == [-1, 1, -1]
    assert outcome.status[:, 0].tolist() == ["error", "answered", "unparsed"]
    assert np.array_equal(outcome.tokens, [[1], [3], [1]])
    assert _coverage(outcome) == {"n_spec": 3, "n_scored": 1, "n_unparsed": 1, "n_refused": 0, "n_error": 1}
