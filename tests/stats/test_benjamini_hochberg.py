from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import false_discovery_control

from medbench.stats import holm
from medbench.stats.multiplicity import benjamini_hochberg

P_VALUES = st.lists(st.floats(0, 1), min_size=1, max_size=12)


def test_closed_forms() -> None:
    assert benjamini_hochberg([]).size == 0
    np.testing.assert_allclose(benjamini_hochberg([0.01, 0.02, 0.03, 0.04, 0.05]), [0.05] * 5)


@given(P_VALUES)
def test_scipys(p_values: list[float]) -> None:
    np.testing.assert_allclose(benjamini_hochberg(p_values), false_discovery_control(p_values), atol=1e-12)


@given(P_VALUES)
def test_between_the_p_value_and_holms(p_values: list[float]) -> None:
    adjusted = benjamini_hochberg(p_values)
    assert (adjusted >= np.array(p_values) - 1e-15).all() and (adjusted <= holm(p_values) + 1e-12).all()


@pytest.mark.parametrize("p_values", [[[0.1]], [np.nan], [-0.1], [1.1]])
def test_refused(p_values: object) -> None:
    with pytest.raises(ValueError):
        benjamini_hochberg(p_values)
