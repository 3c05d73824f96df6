"""Counts as a task draws them: groups of unequal size, resampled whole."""

from __future__ import annotations

import numpy as np
import pytest

from medbench import stats

N = 120


@pytest.fixture(scope="session")
def groups() -> np.ndarray:
    return np.sort(np.random.default_rng(3).integers(0, 50, N))


@pytest.fixture(scope="session")
def counts(groups: np.ndarray) -> np.ndarray:
    return stats.draw_counts(groups, 25, "key", 1)
