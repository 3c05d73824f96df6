"""Compiled and numpy kernels do the same integer arithmetic; both are scikit-learn's on copied rows."""

from __future__ import annotations

import subprocess
import sys
import warnings
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from medbench import stats
from medbench.stats import compiled, curve_sweep, draw, shared_counts

USERS = (curve_sweep, draw, shared_counts)


@pytest.fixture(params=["compiled", "numpy"])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    if request.param == "compiled":
        pytest.importorskip("numba", reason="the extra fast is not installed")
        assert compiled.kernels() is not None
    else:
        for user in USERS:
            monkeypatch.setattr(user, "kernels", lambda: None)
    yield request.param


def _copied(y: np.ndarray, scores: np.ndarray, row: np.ndarray) -> float:
    y, scores = np.repeat(y, row), np.repeat(scores, row)
    return roc_auc_score(y, scores) if 0 < y.sum() < y.size else np.nan


@pytest.mark.parametrize("highest", [3, 40, 255, 256, 3000])
@pytest.mark.parametrize("replicates", [1, 7, 63, 65, 130])
def test_areas_are_those_of_copied_rows(way: str, highest: int, replicates: int) -> None:
    rng = np.random.default_rng(highest)
    y, scores = rng.integers(0, 2, 60), rng.integers(-4, 5, 60) / 2 + rng.normal(size=60).round(1)
    counts = rng.integers(0, highest + 1, (replicates, 60)).astype(np.uint16)
    found = stats.roc_auc_replicates(y, scores, counts)
    expected = [_copied(y, scores, row) for row in counts]
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-12)


@pytest.mark.parametrize("rows", [65_000, 70_000])
def test_many_rows_do_not_overflow(way: str, rows: int) -> None:
    rng = np.random.default_rng(rows)
    y = np.arange(rows) % 2
    scores = y + 0.001 * rng.normal(size=rows).round(1)
    counts = stats.draw_counts(np.arange(rows), 2, "k", 1)
    expected = [_copied(y, scores, row) for row in counts]
    np.testing.assert_allclose(stats.roc_auc_replicates(y, scores, counts), expected, rtol=0, atol=1e-12)


def test_counts_of_groups_are_counts_of_their_rows(way: str) -> None:
    rng = np.random.default_rng(2)
    y, scores, groups = rng.integers(0, 3, 300), rng.normal(size=(300, 3)), 7 * rng.integers(0, 90, 300)
    by_row = stats.draw_counts(groups, 70, "k", 1)
    by_group = stats.share_counts(stats.draw_group_counts(groups, 70, "k", 1), groups)
    assert np.array_equal(by_group.rows(), by_row)
    expected = stats.roc_auc_replicates(y, scores, by_row)
    np.testing.assert_array_equal(stats.roc_auc_replicates(y, scores, by_group), expected)


def test_a_label_that_is_not_known_leaves_its_row_out(way: str) -> None:
    rng = np.random.default_rng(3)
    y, scores = rng.integers(-1, 2, (80, 3)), rng.normal(size=(80, 3)).round(1)
    counts = stats.draw_counts(np.arange(80), 12, "k", 1)
    found = stats.roc_auc_replicates(y, scores, counts)
    holed = np.where(y < 0, np.nan, y)
    np.testing.assert_array_equal(stats.roc_auc_replicates(holed, scores, counts), found)
    for label in range(3):
        known = y[:, label] >= 0
        alone = stats.roc_auc_replicates(y[known, label], scores[known, label], counts[:, known])
        np.testing.assert_array_equal(found[:, label], alone)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
@given(st.integers(1, 40), st.integers(1, 70), st.integers(0, 2**63))
def test_draws_are_the_same_bits(way: str, n: int, replicates: int, seed: int) -> None:
    counts = stats.draw_counts(np.arange(n), replicates, "key", seed)
    stream = draw._stream_key("key", seed)
    expected = [np.bincount(draw._draw_groups(stream, r, n), minlength=n) for r in range(replicates)]
    np.testing.assert_array_equal(counts, expected)


def test_a_broken_numba_is_told_of_once_and_numpy_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    compiled.kernels.cache_clear()
    monkeypatch.setitem(sys.modules, "medbench.stats.compiled_kernels", None)
    monkeypatch.delattr("medbench.stats.compiled_kernels", raising=False)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        assert compiled.kernels() is None
        assert compiled.kernels() is None
    assert [str(w.message) for w in told if "numba" in str(w.message)][1:] == []
    assert len(told) == 1
    compiled.kernels.cache_clear()


def test_numba_is_not_imported_before_a_kernel_is_used() -> None:
    code = "import sys, medbench.stats, medbench.scoring; print('numba' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"
