from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from medbench.stats import draw_counts, replicate_blocks, roc_auc, roc_auc_replicates

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(-4, 4)), min_size=2, max_size=40)


def _rows(rows: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    y, scores = np.array(rows).T
    return y, scores.astype(float)


def _by_pairs(y: np.ndarray, scores: np.ndarray) -> float:
    upper, lower = scores[y == 1][:, None], scores[y == 0]
    return float(((upper > lower) + 0.5 * (upper == lower)).mean()) if upper.size and lower.size else np.nan


def test_closed_forms() -> None:
    assert roc_auc([0, 1], [0.0, 1.0]) == 1.0
    assert roc_auc([0, 1], [1.0, 0.0]) == 0.0
    assert roc_auc([0, 1, 0, 1], [3.0, 3.0, 3.0, 3.0]) == 0.5
    assert np.isnan(roc_auc([1, 1], [0.0, 1.0]))
    assert isinstance(roc_auc([0, 1], [0.0, 1.0]), float)
    assert roc_auc([0, 1], [-np.inf, np.inf]) == 1.0


@given(ROWS)
def test_equals_the_count_of_won_pairs(rows: list[tuple[int, int]]) -> None:
    y, scores = _rows(rows)
    np.testing.assert_allclose(roc_auc(y, scores), _by_pairs(y, scores), atol=1e-12)


@pytest.mark.parametrize("decimals", [1, 12])
def test_replicates_equal_scikit_learn_with_sample_weight(decimals: int) -> None:
    rng = np.random.default_rng(0)
    y, groups = rng.integers(0, 3, 300), rng.integers(0, 90, 300)
    scores = (rng.normal(size=(300, 3)) + np.eye(3)[y]).round(decimals)
    counts = draw_counts(groups, 25, "k", 1)
    found = roc_auc_replicates(y, scores, counts)
    expected = [[roc_auc_score(y == k, scores[:, k], sample_weight=row) for k in range(3)] for row in counts]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)
    one = roc_auc_score(y, np.exp(scores) / np.exp(scores).sum(1, keepdims=True), multi_class="ovr")
    np.testing.assert_allclose(roc_auc(y, np.exp(scores) / np.exp(scores).sum(1, keepdims=True)).mean(), one)


def test_multilabel_is_one_label_at_a_time() -> None:
    rng = np.random.default_rng(1)
    y, scores = rng.integers(0, 2, (80, 4)), rng.normal(size=(80, 4)).round(1)
    counts = draw_counts(np.arange(80), 12, "k", 1)
    found = roc_auc_replicates(y, scores, counts)
    for label in range(4):
        assert np.array_equal(found[:, label], roc_auc_replicates(y[:, label], scores[:, label], counts))
    assert roc_auc(y, scores).shape == (4,)


@given(ROWS, st.integers(0, 2**32))
def test_counts_are_copies_of_rows(rows: list[tuple[int, int]], seed: int) -> None:
    y, scores = _rows(rows)
    counts = draw_counts(np.arange(y.size), 3, "k", seed)
    copies = [_by_pairs(np.repeat(y, row), np.repeat(scores, row)) for row in counts]
    np.testing.assert_allclose(roc_auc_replicates(y, scores, counts), copies, atol=1e-12)


@given(ROWS, st.randoms())
def test_row_order_and_monotone_transforms_change_no_bit(rows: list[tuple[int, int]], random: object) -> None:
    y, scores = _rows(rows)
    counts = draw_counts(np.arange(y.size), 4, "k", 0)
    order = np.arange(y.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    expected = roc_auc_replicates(y, scores, counts)
    np.testing.assert_array_equal(roc_auc_replicates(y[order], scores[order], counts[:, order]), expected)
    np.testing.assert_array_equal(roc_auc_replicates(y, np.exp(3 * scores) - 7, counts), expected)
    np.testing.assert_allclose(roc_auc_replicates(1 - y, scores, counts), 1 - expected, atol=1e-12)


def test_blocks_change_no_bit(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    y, scores = rng.integers(0, 2, 50), rng.normal(size=50)
    counts = draw_counts(np.arange(50), 33, "k", 0)
    whole = roc_auc_replicates(y, scores, counts)
    monkeypatch.setattr(replicate_blocks, "_BLOCK_VALUES", 100)
    assert np.array_equal(roc_auc_replicates(y, scores, counts), whole)


@pytest.mark.parametrize(
    ("y", "scores"),
    [
        ([0, 1], [0.0, np.nan]),
        ([0, 2], [0.0, 1.0]),
        ([0, 1, 1], [0.0, 1.0]),
        ([0, 3], [[0.0, 1.0], [0.0, 1.0]]),
        ([[0, 1]], [0.0]),
        ([[0, 1, 1], [0, 1, 1]], [[0.0, 1.0], [0.0, 1.0]]),
        (1, 0.5),
    ],
)
def test_what_is_not_defined_is_refused(y: object, scores: object) -> None:
    with pytest.raises(ValueError):
        roc_auc(y, scores)


@pytest.mark.parametrize("counts", [[[1.0, 1.0]], [[1, 1, 1]], [1, 1], [[-1, 1]]])
def test_what_is_no_count_is_refused(counts: object) -> None:
    with pytest.raises(ValueError, match="counts"):
        roc_auc_replicates([0, 1], [0.0, 1.0], counts)
