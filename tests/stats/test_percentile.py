from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import bootstrap

from medbench.stats import percentile_interval, replicate_sd

VALUES = st.lists(st.floats(-1, 1), min_size=2, max_size=50)


def test_closed_form() -> None:
    interval = percentile_interval(np.arange(101) / 100)
    assert interval is not None
    assert (round(interval.low, 12), round(interval.high, 12), interval.level) == (0.025, 0.975, 0.95)
    assert replicate_sd([1.0, 2.0, 3.0]) == 1.0


def test_equals_scipy_on_the_same_replicates() -> None:
    data = np.random.default_rng(0).normal(size=50)
    found = bootstrap((data,), np.mean, n_resamples=500, method="percentile", rng=np.random.default_rng(1))
    interval = percentile_interval(found.bootstrap_distribution)
    assert interval is not None
    np.testing.assert_allclose([interval.low, interval.high], found.confidence_interval)
    np.testing.assert_allclose(replicate_sd(found.bootstrap_distribution), found.standard_error)


@given(VALUES, st.floats(0.1, 0.9), st.floats(0.01, 0.09))
def test_order_does_not_matter_and_levels_nest(values: list[float], level: float, more: float) -> None:
    inner, outer = percentile_interval(values, level), percentile_interval(values[::-1], level + more)
    assert inner is not None and outer is not None
    assert outer.low <= inner.low + 1e-12 and inner.high <= outer.high + 1e-12
    assert percentile_interval(values[::-1], level) == inner


@pytest.mark.parametrize(("undefined", "given_back"), [(0, True), (5, True), (6, False), (100, False)])
def test_above_five_per_cent_undefined_there_is_no_interval(undefined: int, given_back: bool) -> None:
    values = np.linspace(0, 1, 100)
    values[:undefined] = np.nan
    assert (percentile_interval(values) is not None) == given_back
    assert (replicate_sd(values) is not None) == given_back
    if given_back:
        assert percentile_interval(values).low > (undefined - 1) / 99


@pytest.mark.parametrize(
    ("values", "level"), [([], 0.95), ([[1.0]], 0.95), ([1.0, 2.0], 1.0), ([1.0, 2.0], 0.0)]
)
def test_what_is_not_defined_is_refused(values: object, level: float) -> None:
    with pytest.raises(ValueError):
        percentile_interval(values, level)
