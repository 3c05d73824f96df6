"""Places over a suite: only with every task, corrected for chance."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medbench.board import board_json
from medbench.record import Record
from medbench.spec import Catalogue

Make = Callable[..., Record]
Overall = Callable[[], dict[str, dict[str, Any]]]


@pytest.fixture
def overall(tmp_path: Path) -> Overall:
    """Places over the two dermatology tasks, by model, in order."""

    def places() -> dict[str, dict[str, Any]]:
        board = json.loads(board_json([tmp_path / "runs"], "dermatology", Catalogue()))
        return {place["model"]: place for place in board["real"]["overall"]}

    return places


def _both(make: Make, model: str, t3: float, t4: float, **said: Any) -> None:
    make(task="T3", model=model, value=t3, **said)
    make(task="T4", model=model, value=t4, **said)


def test_mean_chance_corrected_and_mean_rank(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.9, 0.7)
    _both(make, "model-b", 0.8, 0.75)
    found = overall()
    assert found["model-a"]["mean_chance_corrected"] == pytest.approx((0.8 + 0.4) / 2)
    assert found["model-b"]["mean_chance_corrected"] == pytest.approx((0.6 + 0.5) / 2)
    assert {place["mean_rank"] for place in found.values()} == {1.5}
    assert list(found) == ["model-a", "model-b"]


def test_only_every_task_gives_a_rank(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.6, 0.6)
    make(task="T3", model="half", value=0.99)
    found = overall()
    assert [(p["model"], p["ranked"], p["tasks"], p["of"]) for p in found.values()] == [
        ("model-a", True, 2, 2), ("half", False, 1, 2),
    ]  # fmt: skip
    assert found["half"]["mean_chance_corrected"] is None and found["half"]["mean_rank"] is None


def test_baselines_and_open_records_neither_take_nor_push_a_rank(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.7, 0.7)
    _both(make, "floor", 0.9, 0.9, plugin="baselines")
    _both(make, "limited", 0.95, 0.95, deviations=("limited",))
    found = overall()
    assert "limited" not in found
    assert [(p["model"], p["ranked"], p["mean_rank"]) for p in found.values()] == [
        ("model-a", True, 1.0), ("floor", False, None),
    ]  # fmt: skip
    assert found["floor"]["mean_chance_corrected"] == pytest.approx(0.8)


def test_two_sets_of_weights_under_one_name_are_two_models(make: Make, tmp_path: Path) -> None:
    make(task="T3", model="model-a", identity="one")
    make(task="T4", model="model-a", identity="two")
    board = json.loads(board_json([tmp_path / "runs"], "dermatology", Catalogue()))
    assert [place["tasks"] for place in board["real"]["overall"]] == [1, 1]


def test_a_metric_without_a_chance_level_gives_no_mean(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.7, 0.7, chance=None)
    assert overall()["model-a"]["mean_chance_corrected"] is None
    assert overall()["model-a"]["mean_rank"] == 1


def test_another_spec_or_test_set_does_not_complete_a_suite(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.7, 0.7)
    _both(make, "model-b", 0.6, 0.6)
    make(task="T3", model="model-c", value=0.99)
    make(task="T4", model="model-c", value=0.99, key="another test set")
    make(task="T4", model="model-c", value=0.99, spec_digest="0" * 64)
    found = overall()
    assert (found["model-c"]["ranked"], found["model-c"]["tasks"]) == (False, 1)
    assert (found["model-a"]["mean_rank"], found["model-b"]["mean_rank"]) == (1.5, 2.5)


def test_repeats_are_averaged_not_picked(make: Make, overall: Overall) -> None:
    _both(make, "model-a", 0.7, 0.7)
    make(task="T3", model="model-a", value=0.9, created="2024-02-02T00:00:00Z")
    assert overall()["model-a"]["mean_chance_corrected"] == pytest.approx((0.6 + 0.4) / 2)
