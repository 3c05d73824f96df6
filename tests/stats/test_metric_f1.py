from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import f1_score

from medbench.stats import draw_counts, f1, f1_replicates

ROWS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=40)
AVERAGES = ("macro", "weighted", None)


def _scikit(y: np.ndarray, predicted: np.ndarray, average: str | None, weights: np.ndarray) -> np.ndarray:
    """scikit-learn's F1, made undefined where our rule says so."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = f1_score(
            y, predicted, average=average, labels=range(4), sample_weight=weights, zero_division=0
        )
    absent = np.bincount(y, weights=weights, minlength=4) == 0
    return (
        np.where(absent, np.nan, value) if average is None else np.asarray(np.nan if absent.any() else value)
    )


def test_closed_forms() -> None:
    assert f1([0, 1, 2], [0, 1, 2]) == 1.0
    assert f1([0, 1], [1, 0]) == 0.0
    assert f1([0, 0, 1], [0, 0, 0], average=None).tolist() == [0.8, 0.0]
    assert f1([0, 0, 1], [0, 0, 0]) == 0.4
    assert f1([0, 0, 1, 1], [1, 0, 1, 1], average="binary") == 0.8
    assert isinstance(f1([0, 1], [0, 1]), float)


def test_the_spec_names_the_classes() -> None:
    per_class = f1([0, 1, 1], [0, 1, 2], average=None, n_classes=4)
    assert np.isnan(per_class[2:]).all() and per_class[0] == 1
    assert np.isnan(f1([0, 1, 1], [0, 1, 1], n_classes=3))
    assert np.isnan(f1([0, 1, 1], [0, 1, 1], average="weighted", n_classes=3))


@given(ROWS, st.integers(0, 2**32), st.sampled_from(AVERAGES))
def test_replicates_equal_scikit_learn_with_sample_weight(
    rows: list[tuple[int, int]], seed: int, average: str | None
) -> None:
    y, predicted = np.array(rows).T
    counts = draw_counts(np.arange(y.size) // 2, 3, "k", seed)
    found = f1_replicates(y, predicted, counts, average=average, n_classes=4)
    expected = [_scikit(y, predicted, average, row) for row in counts]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@given(ROWS, st.randoms(), st.permutations(range(4)))
def test_row_order_and_names_of_classes_do_not_matter(
    rows: list[tuple[int, int]], random: object, names: list[int]
) -> None:
    y, predicted = np.array(rows).T
    counts = draw_counts(np.arange(y.size), 3, "k", 0)
    order = np.arange(y.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    expected = f1_replicates(y, predicted, counts, average=None, n_classes=4)
    shuffled = f1_replicates(y[order], predicted[order], counts[:, order], average=None, n_classes=4)
    np.testing.assert_array_equal(shuffled, expected)
    new = np.array(names)
    renamed = f1_replicates(new[y], new[predicted], counts, average=None, n_classes=4)
    np.testing.assert_array_equal(renamed[:, new], expected)


@given(ROWS, st.integers(0, 2**32))
def test_counts_are_copies_of_rows(rows: list[tuple[int, int]], seed: int) -> None:
    y, predicted = np.array(rows).T
    counts = draw_counts(np.arange(y.size), 3, "k", seed)
    copies = [f1(np.repeat(y, row), np.repeat(predicted, row), None, n_classes=4) for row in counts]
    np.testing.assert_array_equal(f1_replicates(y, predicted, counts, None, 4), copies)


@pytest.mark.parametrize(
    ("arguments", "match"),
    [
        (([0, 1], [0]), "must be"),
        (([], []), "must be"),
        (([0.0, 1.0], [0, 1]), "class numbers"),
        (([0, -1], [0, 1]), "class numbers"),
        (([0, 2], [0, 1], "macro", 2), "class numbers"),
        (([0, 2], [0, 1], "binary"), "two classes"),
        (([0, 1], [0, 1], "micro"), "average"),
    ],
)
def test_what_is_not_defined_is_refused(arguments: tuple[object, ...], match: str) -> None:
    with pytest.raises(ValueError, match=match):
        f1(*arguments)
