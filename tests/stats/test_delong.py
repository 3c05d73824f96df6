from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from medbench.stats import delong_test, draw_counts, paired_bootstrap_test, roc_auc, roc_auc_replicates

ROWS = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3), st.integers(0, 9)),
    min_size=6,
    max_size=40,
)


def _by_pairs(y: np.ndarray, a: np.ndarray, b: np.ndarray, groups: np.ndarray) -> tuple[float, float]:
    """Difference and Obuchowski's variance, written out from the paper over all pairs."""

    def kernel(scores: np.ndarray) -> np.ndarray:
        upper, lower = scores[y == 1][:, None], scores[y == 0]
        return (upper > lower) + 0.5 * (upper == lower)

    won = kernel(a) - kernel(b)
    theta, m, n = won.mean(), *won.shape
    names = np.unique(groups)
    upper = np.array([(won.mean(1) - theta)[groups[y == 1] == name].sum() for name in names])
    lower = np.array([(won.mean(0) - theta)[groups[y == 0] == name].sum() for name in names])
    with_upper, with_lower = (np.unique(groups[y == value]).size for value in (1, 0))
    s10 = with_upper / ((with_upper - 1) * m) * (upper**2).sum()
    s01 = with_lower / ((with_lower - 1) * n) * (lower**2).sum()
    s11 = names.size / (names.size - 1) * (upper * lower).sum()
    return theta, s10 / m + s01 / n + 2 * s11 / (m * n)


def _sample(seed: int, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    groups = rng.integers(0, n // 3, n)
    y = (rng.normal(size=n) + rng.normal(size=n // 3)[groups] > 0.5).astype(int)
    shared = rng.normal(size=n) + rng.normal(size=n // 3)[groups] + y
    return y, shared + rng.normal(size=n), shared + rng.normal(size=n), groups


@given(ROWS)
def test_equals_the_formula_over_all_pairs(rows: list[tuple[int, int, int, int]]) -> None:
    y, a, b, groups = np.array(rows).T
    assume(all(np.unique(groups[y == value]).size > 1 for value in (0, 1)))
    for unit, name in ((np.arange(y.size), None), (groups, groups)):
        theta, variance = _by_pairs(y, a, b, unit)
        result = delong_test(y, a, b, name)
        assert result.estimate == pytest.approx(theta, abs=1e-12)
        assert result.se**2 == pytest.approx(max(0.0, variance), abs=1e-12)
        assert result.estimate == pytest.approx(roc_auc(y, a) - roc_auc(y, b), abs=1e-12)


def test_equals_the_covariance_of_delong_1988() -> None:
    y, a, b, _ = _sample(0, 120)
    v10 = np.array([[np.mean((s > x[y == 0]) + 0.5 * (s == x[y == 0])) for s in x[y == 1]] for x in (a, b)])
    v01 = np.array([[np.mean((x[y == 1] > s) + 0.5 * (x[y == 1] == s)) for s in x[y == 0]] for x in (a, b)])
    covariance = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    result = delong_test(y, a, b)
    assert result.se == pytest.approx(np.sqrt(variance))
    z = (v10[0].mean() - v10[1].mean()) / np.sqrt(variance)
    assert (result.statistic, result.p_value) == pytest.approx((z, 2 * norm.sf(abs(z))))


@given(ROWS, st.randoms())
def test_properties(rows: list[tuple[int, int, int, int]], random: object) -> None:
    y, a, b, groups = np.array(rows).T
    assume(np.unique(y).size == 2)
    result = delong_test(y, a, b, groups)
    back = delong_test(y, np.exp(b), 3 * a - 1, groups)
    assert back.estimate == pytest.approx(-result.estimate, abs=1e-12)
    order = np.arange(y.size)
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = delong_test(y[order], a[order], b[order], groups[order])
    if result.se is None:
        assert shuffled.se is None and "too few" in result.method
    else:
        assert (back.se, shuffled.se) == pytest.approx((result.se, result.se), abs=1e-9)


@given(st.integers(0, 1000))
def test_one_row_a_group_is_the_plain_test(seed: int) -> None:
    y, a, b, _ = _sample(seed, 60)
    assume(2 <= y.sum() <= 58)
    plain, clustered = delong_test(y, a, b), delong_test(y, a, b, np.random.default_rng(seed).permutation(60))
    assert clustered.se == pytest.approx(plain.se, rel=1e-9)


@settings(deadline=None, max_examples=3)
@given(st.integers(0, 1000))
def test_agrees_with_the_clustered_bootstrap(seed: int) -> None:
    y, a, b, groups = _sample(seed, 900)
    counts = draw_counts(groups, 1000, "k", seed)
    replicates = [roc_auc_replicates(y, scores, counts) for scores in (a, b)]
    bootstrap = paired_bootstrap_test(*replicates, roc_auc(y, a), roc_auc(y, b))
    assert delong_test(y, a, b, groups).se == pytest.approx(bootstrap.se, rel=0.15)


def test_degenerate_cases_hold_no_nan() -> None:
    y = [0, 0, 1, 1]
    same = delong_test(y, [1, 2, 3, 4], [1, 2, 3, 4])
    assert (same.estimate, same.se, same.statistic, same.p_value) == (0.0, 0.0, 0.0, 1.0)
    opposite = delong_test(y, [1, 2, 3, 4], [4, 3, 2, 1])
    assert (opposite.estimate, opposite.statistic, opposite.p_value) == (1.0, None, 0.0)
    assert delong_test([0, 0, 1], [1, 2, 3], [1, 2, 3]).p_value is None


@pytest.mark.parametrize(
    ("y", "a", "groups"),
    [
        ([0, 0], [1, 2], None),
        ([0, 2], [1, 2], None),
        ([0, 1], [1, np.nan], None),
        ([0, 1], [1], None),
        ([0, 1], [1, 2], [0]),
    ],
)
def test_what_is_not_defined_is_refused(y: object, a: object, groups: object) -> None:
    with pytest.raises(ValueError):
        delong_test(y, a, a, groups)
