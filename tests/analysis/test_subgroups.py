"""Scores of subgroups against scikit-learn; the gap; what is too small is not shown."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from medbench.analysis import Question, subgroups

from .conftest import probabilities


@pytest.fixture
def scores(question: Question) -> np.ndarray:
    noise = np.random.default_rng(0).normal(size=len(question.y))
    return 1 / (1 + np.exp(-(question.y + noise)))


def test_each_cell_is_the_score_of_its_rows(question: Question, scores: np.ndarray) -> None:
    sex = np.where(question.groups < 40, "f", "m")
    [row] = subgroups(question, probabilities(scores), {"sex": sex}, smallest=10)
    for cell in row["cells"]:
        rows = sex == cell["subgroup"]
        assert cell["value"] == pytest.approx(roc_auc_score(question.y[rows], scores[rows]), abs=1e-9)
        assert cell["groups"] == len(set(question.groups[rows]))
        assert cell["ci"][0] < cell["value"] < cell["ci"][1]
    values = {cell["subgroup"]: cell["value"] for cell in row["cells"]}
    assert row["gap"] == pytest.approx(max(values.values()) - min(values.values()))
    assert values[row["worst"]] < values[row["best"]]
    assert row["gap_ci"][0] < row["gap"] < row["gap_ci"][1]


def test_a_small_cell_shows_neither_name_nor_score_nor_size(question: Question, scores: np.ndarray) -> None:
    site = np.where(question.groups < 4, "rare", np.where(question.groups < 30, "a", "b"))
    [row] = subgroups(question, probabilities(scores), {"site": site}, smallest=5)
    assert [cell["subgroup"] for cell in row["cells"]] == ["a", "b"] and row["suppressed"] == 1
    assert "rare" not in str(row)


def test_one_cell_has_no_gap(question: Question, scores: np.ndarray) -> None:
    [row] = subgroups(question, probabilities(scores), {"c": np.full(len(scores), "x")}, smallest=1)
    assert (row["gap"], row["gap_ci"], row["worst"]) == (None, None, None)


def test_a_cell_of_one_class_is_undefined_not_zero(question: Question, scores: np.ndarray) -> None:
    one = np.where(question.y == 1, "ill", "well")
    [row] = subgroups(question, probabilities(scores), {"c": one}, smallest=1)
    assert [cell["value"] for cell in row["cells"]] == [None, None]
    assert row["gap"] is None
