"""Fewer training rows: the full fraction is the record's score, subsets are counted, too little is said."""

from __future__ import annotations

import numpy as np
import pytest

from medbench.analysis import Question, label_efficiency
from medbench.errors import RunError
from medbench.probe import TrainRows

from .conftest import probabilities


def _train(n: int = 100) -> TrainRows:
    rng = np.random.default_rng(1)
    y = np.tile([0, 1], n // 2)
    return TrainRows(rng.normal(size=(n, 2)) + y[:, None], y, np.repeat(np.arange(n // 2), 2), 2)


def _fit(question: Question):
    noise = np.random.default_rng(2).normal(size=len(question.y))

    def fit(train: TrainRows) -> np.ndarray:
        if len(train.groups) < 5:
            raise RunError("MB805", f"{len(train.groups)} train rows are too few")
        # more rows, less noise
        signal = question.y + noise * 10 / np.sqrt(len(train.groups))
        return probabilities(1 / (1 + np.exp(-signal)))

    return fit


def test_the_whole_is_the_score_and_less_is_less(question: Question) -> None:
    fit = _fit(question)
    rows = label_efficiency(_train(), (0.1, 0.5, 1.0), 3, fit, question, "key")
    whole = question.row(question.measure(fit(_train())))
    assert rows[-1]["mean"] == whole["value"] and rows[-1]["retained_percent"] == 100
    assert rows[-1]["retained_ci"] == [100, 100] and len(rows[-1]["draws"]) == 1
    means = [row["mean"] for row in rows]
    assert means == sorted(means) and means[0] < means[-1]
    assert rows[0]["retained_percent"] == pytest.approx(100 * means[0] / means[-1])
    assert rows[0]["retained_ci"][0] < rows[0]["retained_percent"] < rows[0]["retained_ci"][1]
    assert [draw["n_train_groups"] for draw in rows[0]["draws"]] == [5, 5, 5]


def test_two_error_bars_are_kept_apart(question: Question) -> None:
    rows = label_efficiency(_train(), (0.5,), 4, _fit(question), question, "key")
    assert rows[0]["sd_draws"] == 0.0, "these fits depend on the number of rows alone"
    assert all(draw["sd"] > 0 for draw in rows[0]["draws"])


def test_too_few_rows_are_said_and_nothing_is_made_up(question: Question) -> None:
    [row] = label_efficiency(_train(8), (0.1,), 2, _fit(question), question, "key")
    assert row["mean"] is None and row["retained_percent"] is None
    assert all("too few" in draw["reason"] for draw in row["draws"])
