"""Metrics of probe tasks that issue 8 adds: closed forms, scikit-learn, properties."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import (
    average_precision_score,
    balanced_accuracy_score,
    brier_score_loss,
    cohen_kappa_score,
    confusion_matrix,
)

from medbench import stats
from medbench.stats import confusion, shared_counts

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 8)), min_size=2, max_size=40)


def _called(p: np.ndarray) -> np.ndarray:
    return (p >= 0.5).astype(int)


REPLICATES: dict[str, Callable[..., np.ndarray]] = {
    "average_precision": stats.average_precision_replicates,
    "balanced_accuracy": lambda y, p, c: stats.balanced_accuracy_replicates(y, _called(p), c, 2),
    "brier": stats.brier_replicates,
    "predictive_values": lambda y, p, c: stats.predictive_values_replicates(y, _called(p), c, 0.1)[:, 0],
    "quadratic_kappa": lambda y, p, c: stats.quadratic_kappa_replicates(y, _called(p), c, 2),
}


@pytest.mark.parametrize("name", REPLICATES)
@settings(deadline=None, max_examples=40)
@given(rows=ROWS, seed=st.integers(0, 2**32), random=st.randoms())
def test_counts_are_copies_and_the_order_of_rows_does_not_count(
    name: str, rows: list[tuple[int, int]], seed: int, random: object
) -> None:
    y, p = np.array(rows).T
    p, replicates = p / 8, REPLICATES[name]
    groups = np.arange(y.size) // 2
    counts = stats.draw_counts(groups, 3, "k", seed)
    found = replicates(y, p, counts)
    copies = [
        replicates(np.repeat(y, row), np.repeat(p, row), np.ones((1, row.sum()), np.uint16))[0]
        for row in counts
    ]
    np.testing.assert_allclose(found, copies, rtol=0, atol=1e-12)
    order = np.arange(y.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_allclose(replicates(y[order], p[order], counts[:, order]), found, rtol=0, atol=1e-12)
    by_group = stats.share_counts(stats.draw_group_counts(groups, 3, "k", seed), groups)
    np.testing.assert_allclose(replicates(y, p, by_group), found, rtol=0, atol=1e-12)


@pytest.mark.parametrize("numba", [True, False])
def test_replicates_are_scikit_learns(numba: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    if not numba:
        for user in (confusion, shared_counts):
            monkeypatch.setattr(user, "kernels", lambda: None)
    rng = np.random.default_rng(0)
    y, called = rng.integers(0, 4, 300), rng.integers(0, 4, 300)
    scores, events = rng.random(300).round(1), rng.integers(0, 2, 300)
    counts = stats.draw_counts(np.arange(300), 70, "k", 1)
    tables = stats.confusion_replicates(y, called, counts)
    pairs = [
        (tables, lambda w: confusion_matrix(y, called, sample_weight=w)),
        (
            stats.balanced_accuracy_replicates(y, called, counts),
            lambda w: balanced_accuracy_score(y, called, sample_weight=w),
        ),
        (
            stats.quadratic_kappa_replicates(y, called, counts),
            lambda w: cohen_kappa_score(y, called, weights="quadratic", sample_weight=w),
        ),
        (
            stats.average_precision_replicates(events, scores, counts),
            lambda w: average_precision_score(events, scores, sample_weight=w),
        ),
        (
            stats.brier_replicates(events, scores, counts),
            lambda w: brier_score_loss(events, scores, sample_weight=w),
        ),
    ]
    for found, reference in pairs:
        np.testing.assert_allclose(found, [reference(w) for w in counts], rtol=0, atol=1e-12)


def test_closed_forms() -> None:
    assert stats.average_precision([0, 0, 0, 1], [0.1, 0.2, 0.3, 0.9]) == 1
    assert stats.average_precision([0, 1, 0, 0], [1, 1, 1, 1]) == 0.25
    assert np.isnan(stats.average_precision([0, 0], [0.1, 0.2]))
    assert stats.quadratic_kappa([0, 1, 2], [0, 1, 2]) == 1
    assert stats.quadratic_kappa([0, 2], [2, 0]) == -1
    assert stats.balanced_accuracy([0, 0, 0, 1], [0, 0, 0, 0]) == 0.5
    assert np.isnan(stats.balanced_accuracy([0, 0], [0, 1]))
    assert stats.brier([0, 1], [1.0, 0.0]) == 1
    # Sensitivity and specificity 0.9 at a prevalence of 1 %: one call in twelve is right.
    y = np.repeat([0, 1], 10)
    values = stats.predictive_values(y, np.r_[[1], [0] * 9, [0], [1] * 9], 0.01)
    np.testing.assert_allclose(values, [0.009 / 0.108, 0.891 / 0.892])


def test_average_precision_leaves_out_what_is_not_known_and_ignores_monotone_maps() -> None:
    rng = np.random.default_rng(1)
    y, scores = rng.integers(-1, 2, (90, 2)), rng.normal(size=(90, 2)).round(1)
    counts = stats.draw_counts(np.arange(90), 9, "k", 1)
    found = stats.average_precision_replicates(y, scores, counts)
    np.testing.assert_array_equal(stats.average_precision_replicates(y, np.exp(scores), counts), found)
    for k in range(2):
        known = y[:, k] >= 0
        alone = stats.average_precision_replicates(y[known, k], scores[known, k], counts[:, known])
        np.testing.assert_allclose(found[:, k], alone, rtol=0, atol=1e-12)


@pytest.mark.parametrize("p", [[0.5, 1.2], [-0.1, 0.5], [0.5, np.nan], [0.5]])
def test_what_is_no_probability_is_refused(p: list[float]) -> None:
    with pytest.raises(ValueError):
        stats.brier([0, 1], p)


def test_a_prevalence_is_a_share() -> None:
    with pytest.raises(ValueError, match="prevalence"):
        stats.predictive_values([0, 1], [0, 1], 1.0)
