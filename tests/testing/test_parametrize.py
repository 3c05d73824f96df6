"""``parametrize_with_checks``, the public promise."""

from __future__ import annotations

import contextlib
import doctest
import importlib

import pytest

from medbench.errors import UsageError
from medbench.testing import CHECKS, Subject, parametrize_with_checks


def _tests(subject: Subject) -> dict[str, object]:
    mark = parametrize_with_checks([subject])
    return {case.id.removeprefix(f"{subject}-"): case.values[1] for case in mark.args[1]}


@parametrize_with_checks(["image-stats", "random", "majority"])
def test_the_baselines_keep_the_contract(model, check) -> None:
    # what does not apply to a baseline is no part that CI lacks
    with contextlib.suppress(pytest.skip.Exception):
        check(model)


@pytest.mark.parametrize("name", ["medbench.testing.parametrize", "medbench.cli.plugin_template"])
def test_the_examples_of_the_docstrings(name: str) -> None:
    found = doctest.testmod(importlib.import_module(name))
    assert (found.failed, found.attempted > 0) == (0, True)


def test_every_model_meets_every_test() -> None:
    mark = parametrize_with_checks(["image-stats", "random"])
    assert len(mark.args[1]) == 2 * len(CHECKS)


def test_a_failure_says_what_was_promised_and_measured(subject) -> None:
    nan = subject("nan")
    with pytest.raises(AssertionError) as caught:
        _tests(nan)["finite"](nan)
    for said in (
        "No activation is NaN",
        "some activations are not finite",
        "block-0.last: 1",
        "checks.md#finite",
    ):
        assert said in str(caught.value)


def test_what_does_not_apply_is_skipped(subject) -> None:
    model = subject("unoffered")
    with pytest.raises(pytest.skip.Exception, match="does not offer option_loglikelihood"):
        _tests(model)["likelihood"](model)


def test_behind_a_closed_gate_nothing_is_tried(subject) -> None:
    model = subject("load-raises")
    tests = _tests(model)
    with pytest.raises(AssertionError, match="KeyError"):
        tests["loads"](model)
    with pytest.raises(pytest.skip.Exception, match="loads failed"):
        tests["shapes"](model)


def test_a_name_that_nobody_lists() -> None:
    with pytest.raises(UsageError, match="unknown model 'image-stat'") as caught:
        parametrize_with_checks(["image-stat"])
    assert caught.value.hint == "did you mean 'image-stats'?"
