"""One probe a block: validation inside train for every block, the test score for the chosen one only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from medbench.analysis.question import Question
from medbench.probe import TestRows, TrainRows, ValidationLoss, fit_probe, validate
from medbench.scoring import rounded
from medbench.spec import LbfgsProbe

__all__ = ["layer_sweep"]


def layer_sweep(
    train: Mapping[str, Callable[[], TrainRows]],
    test: Callable[[str], TestRows],
    settings: LbfgsProbe,
    question: Question,
    step: Callable[[int], None],
) -> dict[str, Any]:
    """Mean validation log-loss of each tap, and the test score of the tap with the smallest.

    Args:
        train: training rows by tap, from the shallowest on, each read when it is asked for.
        test: test rows of a tap; called once, for the chosen tap.
        settings: the protocol's probe for this kind of model.
        step: told after each tap.
    """
    losses: dict[str, ValidationLoss] = {}
    for tap, rows in train.items():
        losses[tap] = validate(rows(), settings)
        step(1)
    # the shallowest of equals
    chosen = min(losses, key=lambda tap: losses[tap].mean)
    probe = fit_probe(train[chosen](), settings)
    measure = question.measure(np.asarray(probe.predict_proba(test(chosen).X), dtype=np.float64))
    return {
        "taps": [
            {"tap": tap, "mean_log_loss": rounded(loss.mean), "standard_error": rounded(loss.standard_error)}
            for tap, loss in losses.items()
        ],
        "chosen": chosen,
        "configurations_scored_on_test": 1,
        "test": question.row(measure),
    }
