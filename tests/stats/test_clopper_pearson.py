from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from medbench.stats.clopper_pearson import clopper_pearson_interval


def test_closed_forms() -> None:
    none, all_ = clopper_pearson_interval(0, 20), clopper_pearson_interval(20, 20)
    assert none is not None and all_ is not None
    assert (none.low, all_.high) == (0.0, 1.0)
    assert none.high == pytest.approx(1 - 0.025 ** (1 / 20)) and all_.low == pytest.approx(0.025 ** (1 / 20))
    assert clopper_pearson_interval(0, 0) is None


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0.5, 0.99))
def test_scipys(case: tuple[int, int], level: float) -> None:
    found = clopper_pearson_interval(*case, level)
    expected = binomtest(*case).proportion_ci(level, "exact")
    assert found is not None
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high), abs=1e-9)


@given(st.integers(1, 60), st.floats(0.01, 0.99))
def test_never_covers_less_than_it_says(n: int, p: float) -> None:
    intervals = [clopper_pearson_interval(s, n) for s in range(n + 1)]
    covered = sum(binom.pmf(s, n, p) for s, i in enumerate(intervals) if i and i.low <= p <= i.high)
    assert covered >= 0.95 - 1e-9


@pytest.mark.parametrize(("successes", "n", "level"), [(-1, 3, 0.9), (4, 3, 0.9), (1.5, 3, 0.9), (1, 3, 1.0)])
def test_refused(successes: int, n: int, level: float) -> None:
    with pytest.raises(ValueError):
        clopper_pearson_interval(successes, n, level)
