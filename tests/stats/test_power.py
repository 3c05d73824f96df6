from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import nct, norm, t

from medbench.stats.power import detectable_difference


def test_closed_forms() -> None:
    assert detectable_difference(2.0) == pytest.approx(2 * (norm.ppf(0.975) + norm.ppf(0.8)))
    assert detectable_difference(1.0, 9, 0.9, 0.01) == pytest.approx(t.ppf(0.995, 9) + t.ppf(0.9, 9))
    assert detectable_difference(1.0, power=0.5) == pytest.approx(norm.ppf(0.975))
    assert detectable_difference(0.0) == 0.0


def test_the_test_has_that_power_at_that_difference() -> None:
    # exact power of a t-test, from the noncentral law
    for df in (50, 400):
        limit, shift = t.ppf(0.975, df), detectable_difference(1.0, df)
        assert nct.sf(limit, df, shift) == pytest.approx(0.8, abs=0.005)


@given(st.floats(0.001, 1), st.integers(1, 300), st.floats(0.5, 0.98))
def test_properties(se: float, df: int, power: float) -> None:
    found = detectable_difference(se, df, power)
    assert found >= detectable_difference(se, df + 1, power) - 1e-12
    assert found >= detectable_difference(se, None, power) - 1e-12
    assert detectable_difference(2 * se, df, power) == pytest.approx(2 * found)


@pytest.mark.parametrize(
    ("se", "df", "power", "alpha"),
    [
        (-1, None, 0.8, 0.05),
        (np.nan, None, 0.8, 0.05),
        (1, 0, 0.8, 0.05),
        (1, 5, 1.0, 0.05),
        (1, 5, 0.8, 0.0),
    ],
)
def test_refused(se: float, df: int | None, power: float, alpha: float) -> None:
    with pytest.raises(ValueError):
        detectable_difference(se, df, power, alpha)
