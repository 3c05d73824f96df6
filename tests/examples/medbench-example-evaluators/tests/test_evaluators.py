"""The metric against scikit-learn, and the rule on replies."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from medbench_example_evaluators.answers import last_letter
from medbench_example_evaluators.metrics import balanced_accuracy


def test_counts_are_copied_rows():
    rng = np.random.default_rng(0)
    y, probabilities = rng.integers(0, 3, 60), rng.dirichlet(np.ones(3), 60)
    counts = rng.multinomial(60, np.full(60, 1 / 60), size=20).astype(np.uint16)
    value, replicates = balanced_accuracy(y, probabilities, counts)
    said = probabilities.argmax(axis=1)
    assert value == pytest.approx(balanced_accuracy_score(y, said))
    for drawn, replicate in zip(counts, replicates, strict=True):
        rows = np.repeat(np.arange(60), drawn)
        assert replicate == pytest.approx(balanced_accuracy_score(y[rows], said[rows]))


@pytest.mark.parametrize(
    ("reply", "option"), [("B", 1), ("A, no: C.", 2), ("I do not know", None), ("J", None)]
)
def test_the_last_letter(reply, option):
    assert last_letter(reply, ["x", "y", "z"]).option == option
