from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from medbench.stats import wilson_interval


def test_closed_forms() -> None:
    assert wilson_interval(0, 0) is None
    assert wilson_interval(0, 10).low == 0.0
    assert wilson_interval(10, 10).high == 1.0
    assert wilson_interval(0, 10).high == pytest.approx(1.959964**2 / (10 + 1.959964**2), abs=1e-6)


@given(st.integers(1, 2000), st.floats(0, 1), st.floats(0.5, 0.99))
def test_equals_scipy(n: int, share: float, level: float) -> None:
    successes = round(share * n)
    interval = wilson_interval(successes, n, level)
    expected = binomtest(successes, n).proportion_ci(level, method="wilson")
    assert (interval.low, interval.high) == pytest.approx((expected.low, expected.high), abs=1e-12)


@given(st.integers(1, 500), st.floats(0, 1))
def test_mirrors_and_holds_the_proportion(n: int, share: float) -> None:
    successes = share * n
    interval, mirrored = wilson_interval(successes, n), wilson_interval(n - successes, n)
    assert 0 <= interval.low <= share + 1e-12 and share - 1e-12 <= interval.high <= 1
    assert mirrored.low == pytest.approx(1 - interval.high, abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "n", "level"), [(2, 1, 0.95), (-1, 1, 0.95), (0, -1, 0.95), (1, 2, 1.5)]
)
def test_what_is_not_defined_is_refused(successes: int, n: int, level: float) -> None:
    with pytest.raises(ValueError):
        wilson_interval(successes, n, level)
