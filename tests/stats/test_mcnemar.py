from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest, chi2

from medbench.stats import mcnemar_test

PAIRS = st.lists(st.tuples(st.booleans(), st.booleans(), st.integers(0, 6)), min_size=1, max_size=120)


def _rows(pairs: list[tuple[bool, bool, int]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    a, b, groups = np.array(pairs, dtype=int).T
    return a, b, groups


@given(PAIRS)
def test_equals_scipy(pairs: list[tuple[bool, bool, int]]) -> None:
    a, b, _ = _rows(pairs)
    more, fewer = int(((a == 1) & (b == 0)).sum()), int(((a == 0) & (b == 1)).sum())
    result = mcnemar_test(a, b)
    if more + fewer == 0:
        assert result.p_value == 1.0
    elif more + fewer < 25:
        assert result.p_value == pytest.approx(binomtest(more, more + fewer).pvalue)
    else:
        assert result.p_value == pytest.approx(chi2.sf((more - fewer) ** 2 / (more + fewer), 1))
    assert result.estimate == pytest.approx(a.mean() - b.mean())


def test_standard_error_is_that_of_a_mean_difference() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 2, 90), rng.integers(0, 2, 90)
    expected = np.std(a - b, ddof=1) / np.sqrt(90)
    assert mcnemar_test(a, b).se == pytest.approx(expected)
    assert mcnemar_test(a, b).ci_high == pytest.approx((a - b).mean() + 1.959964 * expected)


@given(PAIRS)
def test_one_row_a_group_is_the_plain_statistic(pairs: list[tuple[bool, bool, int]]) -> None:
    a, b, _ = _rows(pairs)
    plain, clustered = mcnemar_test(a, b), mcnemar_test(a, b, np.arange(a.size)[::-1])
    assert (clustered.statistic, clustered.se) == pytest.approx((plain.statistic, plain.se))


@given(PAIRS)
def test_doubling_every_group_member_adds_no_evidence(pairs: list[tuple[bool, bool, int]]) -> None:
    a, b, groups = _rows(pairs)
    once, twice = mcnemar_test(a, b, groups), mcnemar_test(np.tile(a, 2), np.tile(b, 2), np.tile(groups, 2))
    assert twice.statistic == (None if once.statistic is None else pytest.approx(once.statistic))
    assert twice.p_value == pytest.approx(once.p_value)
    back = mcnemar_test(b, a, groups)
    assert (back.estimate, back.p_value) == pytest.approx((-once.estimate, once.p_value))


def test_cluster_closed_form() -> None:
    result = mcnemar_test([1, 1, 1, 0], [0, 0, 1, 1], groups=[5, 5, 6, 7])
    assert result.statistic == pytest.approx(1 / np.sqrt(4 + 0 + 1))
    assert mcnemar_test([1, 1], [0, 0], groups=[1, 1]).se is None


@pytest.mark.parametrize(
    ("a", "b", "groups"), [([], [], None), ([0.5], [1], None), ([1], [1, 0], None), ([1], [1], [1, 2])]
)
def test_what_is_not_defined_is_refused(a: object, b: object, groups: object) -> None:
    with pytest.raises(ValueError):
        mcnemar_test(a, b, groups)
