from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, ttest_1samp

from medbench.stats.equivalence import equivalence_test


def test_closed_forms() -> None:
    found = equivalence_test(0.01, 0.01, 0.02)
    assert found.p_non_inferior == pytest.approx(norm.sf(3))
    assert found.p_not_superior == found.p_equivalent == pytest.approx(norm.sf(1))
    assert equivalence_test(0.0, 0.0, 0.1).p_equivalent == 0.0
    assert equivalence_test(0.2, 0.0, 0.1).p_equivalent == 1.0
    assert equivalence_test(0.1, 0.0, 0.1).p_equivalent == 1.0, "at the margin it is not below it"


def test_scipys_one_sided_t_tests() -> None:
    x = np.random.default_rng(1).normal(0.1, 1, 30)
    found = equivalence_test(x.mean(), x.std(ddof=1) / np.sqrt(30), 0.5, df=29)
    assert found.p_non_inferior == pytest.approx(ttest_1samp(x, -0.5, alternative="greater").pvalue)
    assert found.p_not_superior == pytest.approx(ttest_1samp(x, 0.5, alternative="less").pvalue)


@given(st.floats(-1, 1), st.floats(0.01, 1), st.floats(0.01, 1), st.integers(1, 500))
def test_properties(estimate: float, se: float, margin: float, df: int) -> None:
    there, back = (equivalence_test(x, se, margin, df) for x in (estimate, -estimate))
    assert there.p_equivalent == pytest.approx(back.p_equivalent)
    assert there.p_non_inferior == pytest.approx(back.p_not_superior)
    assert equivalence_test(estimate, se, 2 * margin, df).p_equivalent <= there.p_equivalent


@pytest.mark.parametrize(
    ("se", "margin", "df"), [(0.1, 0.0, None), (-0.1, 0.1, None), (np.nan, 0.1, None), (0.1, 0.1, 0)]
)
def test_refused(se: float, margin: float, df: int | None) -> None:
    with pytest.raises(ValueError):
        equivalence_test(0.0, se, margin, df)
