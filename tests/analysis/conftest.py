"""A small question with a known answer."""

from __future__ import annotations

import numpy as np
import pytest

from medbench.analysis import Question
from medbench.stats import draw_counts


@pytest.fixture
def question() -> Question:
    """AUC on 120 rows of 60 groups, two classes."""
    y = np.tile([0, 1, 1], 40)
    groups = np.repeat(np.arange(60), 2)
    return Question("roc_auc", 0.95, draw_counts(groups, 200, "key", 1), y, groups, ("no", "yes"))


def probabilities(scores: np.ndarray) -> np.ndarray:
    """Two columns that sum to 1."""
    return np.stack([1 - scores, scores], axis=1)
