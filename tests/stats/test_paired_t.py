from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import ttest_rel

from medbench.stats import paired_bootstrap_test, paired_t_replicates


def _replicates(seed: int, size: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.normal(0.85, 0.01, size), rng.normal(0.8, 0.01, size)


@given(st.integers(0, 2**32), st.integers(2, 200))
def test_equals_scipy(seed: int, size: int) -> None:
    a, b = _replicates(seed, size)
    result, expected = paired_t_replicates(a, b), ttest_rel(a, b)
    ends = expected.confidence_interval()
    assert (result.statistic, result.p_value) == pytest.approx(
        (expected.statistic, expected.pvalue), rel=1e-9
    )
    assert (result.df, result.ci_low, result.ci_high) == pytest.approx((expected.df, ends.low, ends.high))


def test_z_is_what_the_replicates_support() -> None:
    a, b = _replicates(0, 1000)
    result = paired_t_replicates(a, b)
    assert result.z == pytest.approx(result.statistic / math.sqrt(1000))
    valid = paired_bootstrap_test(a, b, a.mean(), b.mean())
    assert result.z == pytest.approx(valid.statistic)
    assert "invalid" in result.method


def test_t_grows_with_the_number_of_replicates() -> None:
    a, b = _replicates(0, 1000)
    once, four_times = paired_t_replicates(a, b), paired_t_replicates(np.tile(a, 4), np.tile(b, 4))
    assert four_times.statistic == pytest.approx(2 * once.statistic, rel=1e-2)
    assert four_times.z == pytest.approx(once.z, rel=1e-2)


def test_without_spread_and_with_undefined_replicates() -> None:
    same = paired_t_replicates([0.5, 0.6], [0.5, 0.6])
    assert (same.statistic, same.p_value, same.z) == (0.0, 1.0, 0.0)
    shifted = paired_t_replicates([0.5, 0.75], [0.25, 0.5])
    assert (shifted.statistic, shifted.p_value, shifted.z) == (None, 0.0, None)
    partial = paired_t_replicates([0.5, np.nan, 0.7], [0.4, 0.5, 0.5])
    assert partial.undefined == 1
    assert dataclasses.replace(partial, undefined=0) == paired_t_replicates([0.5, 0.7], [0.4, 0.5])
    assert paired_t_replicates([0.5, np.nan], [0.4, 0.5]).p_value is None
