"""What an analysis asks again and again: the score of these predictions, by the task's own metric."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.models import METRICS, MetricCard
from medbench.scoring import Measure, ProbePredictions, measure_probe, summarise

__all__ = ["Question"]


@dataclass(frozen=True)
class Question:
    """The primary metric of a task on one test set.

    Attributes:
        metric: its id; it gives one number.
        metrics: cards by name.
        level: of the intervals.
        counts: uint16 (replicates, n), the record's own draws.
        y, groups, classes: of the test rows, as in the record's predictions.
    """

    metric: str
    level: float
    counts: NDArray[np.uint16]
    y: NDArray[np.integer]
    groups: NDArray[np.integer]
    classes: tuple[str, ...]
    metrics: Mapping[str, MetricCard] = field(default_factory=lambda: METRICS)

    def measure(self, probabilities: NDArray[np.float64]) -> Measure:
        """The score of probabilities float64 (n, classes) with its replicates."""
        predictions = ProbePredictions(self.y, probabilities, self.groups, self.classes)
        [measure] = measure_probe(predictions, (self.metric,), (), self.counts, self.metrics)
        return measure

    def row(self, measure: Measure) -> dict[str, Any]:
        """``value``, ``sd``, ``ci`` and how the interval was made, as in a record."""
        [row] = summarise([measure], self.level)
        return {key: row[key] for key in ("value", "sd", "ci", "method", "n", "n_groups")}
