from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import accuracy_score

from medbench.stats import accuracy, accuracy_replicates, draw_counts

OUTCOMES = st.lists(st.sampled_from([0.0, 1.0, 1 / 3, 2 / 3]), min_size=1, max_size=40)


def test_closed_forms() -> None:
    assert accuracy([1, 0, 0, 1]) == 0.5
    assert accuracy(np.array([True, True])) == 1.0
    assert np.isnan(accuracy([]))
    assert accuracy_replicates([0.5], [[2], [0]]).tolist()[0] == 0.5
    assert np.isnan(accuracy_replicates([0.5], [[0]]))


def test_equals_scikit_learn_with_sample_weight() -> None:
    rng = np.random.default_rng(0)
    y, predicted = rng.integers(0, 5, 200), rng.integers(0, 5, 200)
    counts = draw_counts(rng.integers(0, 60, 200), 20, "k", 0)
    expected = [accuracy_score(y, predicted, sample_weight=row) for row in counts]
    np.testing.assert_allclose(accuracy_replicates(y == predicted, counts), expected, rtol=0, atol=1e-12)


@given(OUTCOMES, st.integers(0, 2**32), st.randoms())
def test_counts_are_copies_and_row_order_does_not_matter(
    outcomes: list[float], seed: int, random: object
) -> None:
    values = np.array(outcomes)
    counts = draw_counts(np.arange(values.size), 3, "k", seed)
    found = accuracy_replicates(values, counts)
    np.testing.assert_allclose(found, [np.repeat(values, row).mean() for row in counts], atol=1e-12)
    order = np.arange(values.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    np.testing.assert_allclose(accuracy_replicates(values[order], counts[:, order]), found, atol=1e-12)


@pytest.mark.parametrize("outcomes", [[[1, 0]], [np.nan]])
def test_what_is_no_outcome_is_refused(outcomes: object) -> None:
    with pytest.raises(ValueError, match="outcomes"):
        accuracy(outcomes)
