"""The second test, where both predictions are at hand; broken or foreign ones are no test at all."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from medbench import stats
from medbench.board import compare
from medbench.record import Record
from medbench.scoring import ChoicePredictions, DecodingOutcome, ProbePredictions, write_choice, write_probe

Make = Callable[..., Record]
RNG = np.random.default_rng(0)
Y = RNG.integers(0, 2, 80)
GROUPS = np.repeat(np.arange(40), 2)
ROW = {"key": "roc_auc|label=malignant", "id": "roc_auc", "label": "malignant"}


def _write(record: Record, shift: float, y: np.ndarray = Y) -> np.ndarray:
    p = 1 / (1 + np.exp(-(shift * y + np.random.default_rng(int(10 * shift)).standard_normal(len(y)))))
    predictions = ProbePredictions(y, np.stack([1 - p, p], axis=1), GROUPS, ("benign", "malignant"))
    write_probe(record.file.parent / "predictions.parquet", predictions)
    return p


@pytest.fixture
def pair(make: Make) -> tuple[Record, Record]:
    return make("a", model="model-a", extra=(ROW,)), make("b", model="model-b", extra=(ROW,))


def _check(pair: tuple[Record, Record]) -> Any:
    return compare(pair[0].file, pair[1].file).rows[1].check


def test_delong(pair: tuple[Record, Record]) -> None:
    p, q = _write(pair[0], 2.0), _write(pair[1], 1.0)
    expected = stats.delong_test(Y, p, q, GROUPS)
    assert _check(pair) == {"method": expected.method, "statistic": expected.statistic, "p": expected.p_value}


def test_predictions_of_one_alone_of_other_rows_or_damaged_are_no_check(pair: tuple[Record, Record]) -> None:
    assert _check(pair) is None
    _write(pair[0], 2.0)
    assert _check(pair) is None
    _write(pair[1], 1.0, 1 - Y)
    assert _check(pair) is None
    (pair[1].file.parent / "predictions.parquet").write_bytes(b"PAR1 is not enough")
    assert _check(pair) is None


def test_mcnemar(make: Make) -> None:
    pair = make("a", task="NEJM", model="model-a"), make("b", task="NEJM", model="model-b")
    right = []
    for record, accuracy in zip(pair, (0.7, 0.4), strict=True):
        correct = np.random.default_rng(int(10 * accuracy)).random((80, 1)) < accuracy
        texts = np.full((80, 1), "answered")
        outcome = DecodingOutcome(np.where(correct, 2, 1), texts, texts, np.ones((80, 1), int))
        write_choice(
            record.file.parent / "predictions.parquet",
            ChoicePredictions(np.full(80, 2), np.full(80, 5), np.arange(80), None, {"greedy-1": outcome}),
        )
        right.append(correct[:, 0].astype(float))
    expected = stats.mcnemar_test(*right, np.arange(80))
    check = compare(pair[0].file, pair[1].file).rows[0].check
    assert check == {"method": expected.method, "statistic": expected.statistic, "p": expected.p_value}
