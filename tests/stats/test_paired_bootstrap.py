from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm, t

from medbench.stats import accuracy_replicates, draw_counts, mcnemar_test, paired_bootstrap_test

REPLICATES = st.lists(st.tuples(st.floats(0.01, 0.99), st.floats(0.01, 0.99)), min_size=3, max_size=30)


def _finite(result: object) -> bool:
    values = dataclasses.astuple(result)
    return all(math.isfinite(value) for value in values if isinstance(value, float))


def test_closed_form_under_both_laws() -> None:
    a, b = np.array([0.84, 0.86, 0.85]), np.array([0.80, 0.81, 0.82])
    result = paired_bootstrap_test(a, b, 0.85, 0.82)
    assert result.statistic == pytest.approx(0.03 / 0.01)
    assert result.p_value == pytest.approx(2 * norm.sf(3)) and result.df is None
    grouped = paired_bootstrap_test(a, b, 0.85, 0.82, groups=8)
    assert grouped.p_value == pytest.approx(2 * t.sf(3, 7)) and grouped.df == 7


def test_the_logit_scale_moves_the_test_and_not_the_estimate() -> None:
    rng = np.random.default_rng(0)
    a, b = rng.uniform(0.9, 0.95, 200), rng.uniform(0.7, 0.8, 200)
    plain, logit = (paired_bootstrap_test(a, b, 0.93, 0.75, scale=scale) for scale in ("identity", "logit"))
    assert (plain.estimate, plain.se, plain.ci_low) == (logit.estimate, logit.se, logit.ci_low)
    difference = np.log(a / (1 - a)) - np.log(b / (1 - b))
    expected = (math.log(0.93 / 0.07) - math.log(3)) / difference.std(ddof=1)
    assert logit.statistic == pytest.approx(expected) and "logit scale" in logit.method


def test_a_perfect_auc_falls_back_to_the_identity() -> None:
    result = paired_bootstrap_test([1.0, 0.9, 1.0], [0.8, 0.7, 0.9], 1.0, 0.8, scale="logit")
    assert "identity scale" in result.method and _finite(result)
    assert result.statistic == paired_bootstrap_test([1.0, 0.9, 1.0], [0.8, 0.7, 0.9], 1.0, 0.8).statistic


@pytest.mark.parametrize(("b", "p_value", "statistic"), [(0.8, 1.0, 0.0), (0.7, 0.0, None)])
def test_without_spread(b: float, p_value: float, statistic: float | None) -> None:
    result = paired_bootstrap_test([0.8, 0.8], [b, b], 0.8, b, groups=10)
    assert (result.p_value, result.statistic) == (p_value, statistic) and _finite(result)


def test_undefined_replicates_are_left_out_and_counted() -> None:
    a, b = np.linspace(0.5, 0.6, 100), np.linspace(0.4, 0.45, 100)
    a[:2], b[1:4] = np.nan, np.nan
    result = paired_bootstrap_test(a, b, 0.55, 0.42)
    assert result.undefined == 4 and result.p_value is not None
    clean = paired_bootstrap_test(a[4:], b[4:], 0.55, 0.42)
    assert dataclasses.replace(result, undefined=0) == clean
    a[:6] = np.nan
    few = paired_bootstrap_test(a, b, 0.55, 0.42)
    assert (few.p_value, few.se, few.ci_low, few.undefined) == (None, None, None, 6)
    assert "too few cases" in few.method


def test_one_group_has_an_interval_and_no_p_value() -> None:
    result = paired_bootstrap_test([0.8, 0.9], [0.7, 0.75], 0.85, 0.72, groups=1)
    assert result.p_value is None and result.ci_low is not None and "too few groups" in result.method


@given(REPLICATES, st.sampled_from(["identity", "logit"]), st.sampled_from([None, 1, 2, 30]))
def test_exchanging_the_models_changes_the_sign_only(
    rows: list[tuple[float, float]], scale: str, groups: int | None
) -> None:
    a, b = np.array(rows).T
    forth = paired_bootstrap_test(a, b, a[0], b[0], scale=scale, groups=groups)
    back = paired_bootstrap_test(b, a, b[0], a[0], scale=scale, groups=groups)
    assert (
        _finite(forth) and forth.estimate == -back.estimate and forth.ci_low == pytest.approx(-back.ci_high)
    )
    assert forth.p_value == (None if back.p_value is None else pytest.approx(back.p_value))


def test_agrees_with_mcnemar_on_accuracies() -> None:
    rng = np.random.default_rng(3)
    skill = rng.normal(size=600)
    a, b = (skill + rng.normal(size=600) > 0), (skill + rng.normal(size=600) > 0.15)
    counts = draw_counts(np.arange(600), 1000, "k", 0)
    result = paired_bootstrap_test(
        accuracy_replicates(a, counts), accuracy_replicates(b, counts), a.mean(), b.mean()
    )
    assert result.statistic == pytest.approx(mcnemar_test(a, b).statistic, rel=0.1)


@pytest.mark.parametrize(
    ("a", "b", "estimates", "scale"),
    [
        ([0.1, 0.2], [0.1], (0.1, 0.1), "identity"),
        ([0.1], [0.1], (0.1, 0.1), "identity"),
        ([0.1, np.inf], [0.1, 0.2], (0.1, 0.1), "identity"),
        ([0.1, 0.2], [0.1, 0.2], (np.nan, 0.1), "identity"),
        ([0.1, 0.2], [0.1, 0.2], (0.1, 0.1), "probit"),
    ],
)
def test_what_does_not_pair_is_refused(
    a: object, b: object, estimates: tuple[float, float], scale: str
) -> None:
    with pytest.raises(ValueError):
        paired_bootstrap_test(a, b, *estimates, scale=scale)
