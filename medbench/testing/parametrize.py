"""The contract tests for a plugin's own test suite."""

from __future__ import annotations

import importlib
import importlib.metadata
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from medbench.errors import UsageError, did_you_mean
from medbench.models import ModelCard
from medbench.testing.catalogue import CHECKS, GATES, Check
from medbench.testing.outcome import CheckResult
from medbench.testing.running import closed_gate, run_check, skipped
from medbench.testing.subject import Subject

if TYPE_CHECKING:
    import pytest

__all__ = ["parametrize_with_checks"]


def parametrize_with_checks(models: Iterable[ModelCard | str | Subject]) -> pytest.MarkDecorator:
    """Mark a test function so that pytest runs every contract test on every model.

    The function takes ``model`` and ``check`` and calls one on the other, as with scikit-learn's decorator of
    this name. A model is opened and loaded once, when its first test needs it.

    Args:
        models: cards; names of models that an installed plugin lists; or ``Subject(card, options, devices)``
            where a model needs options, such as the path of its weights.

    Raises:
        UsageError: no installed plugin lists a model of a name (MB001).

    ::

        from medbench.testing import parametrize_with_checks
        from medbench_mine.plugin import medbench_models

        @parametrize_with_checks(medbench_models())
        def test_contract(model, check):
            check(model)

    >>> mark = parametrize_with_checks(["image-stats"])
    >>> mark.args[0]
    'model, check'
    >>> [case.id for case in mark.args[1]][:2]
    ['image-stats-import-without-torch', 'image-stats-opens']
    """
    import pytest

    cases = []
    for given in models:
        subject = given if isinstance(given, Subject) else Subject(_card(given))
        results: dict[str, CheckResult] = {}
        for check in CHECKS:
            run = _test(check, results)
            cases.append(pytest.param(subject, run, id=f"{subject}-{check.id}"))
    return pytest.mark.parametrize("model, check", cases)


def _test(check: Check, results: dict[str, CheckResult]) -> Callable[[Subject], None]:
    """What the test function calls: fails, skips or passes the test."""

    def run(subject: Subject) -> None:
        import pytest

        __tracebackhide__ = True
        gate = closed_gate(results)
        result = skipped(check, gate) if gate else run_check(check, subject)
        if check.id in GATES:
            results[check.id] = result
        if result.verdict == "skipped":
            pytest.skip(result.why)
        measured = "".join(f"\n  {name}: {value}" for name, value in result.numbers.items())
        where = f"\n  docs/checks.md#{check.id}"
        assert result.verdict == "passed", f"{check.title}\n  {result.why}{measured}{where}"

    return run


def _card(given: ModelCard | str) -> ModelCard:
    if isinstance(given, ModelCard):
        return given
    cards = {}
    for entry in importlib.metadata.entry_points(group="medbench"):
        listed = getattr(importlib.import_module(entry.module), "medbench_models", None)
        cards.update({card.name: card for card in (listed() if listed else ())})
    if given not in cards:
        raise UsageError("MB001", f"unknown model {given!r}", "models", did_you_mean(given, cards))
    found: ModelCard = cards[given]
    return found
