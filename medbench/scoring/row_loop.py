"""A plugin's metric is believed when its replicates are those of copied rows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError
from medbench.models import MetricCard
from medbench.scoring.predictions import ProbePredictions

__all__ = ["refuse_wrong_replicates"]

LOOKED_AT = 3
TOLERANCE = 1e-9


def refuse_wrong_replicates(
    card: MetricCard,
    predictions: ProbePredictions,
    counts: NDArray[np.uint16],
    found: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> None:
    """Hold shapes, numbers, and the first replicates against the value on rows copied as they were drawn.

    Raises:
        PluginError: MB751, a shape or a number is wrong.
    """
    values, replicates = found
    name, function = card.name, card.open()
    k = len(predictions.classes)
    sizes = {(), (k,), *([(1,)] if k == 2 else [])}
    if values.shape not in sizes or replicates.shape != (len(counts), *values.shape):
        raise PluginError(
            "MB751",
            f"gave shapes {values.shape} and {replicates.shape}; expected {len(counts)} replicates of one "
            f"number, or of {k}",
            where=name,
        )
    if np.isinf(values).any() or np.isinf(replicates).any():
        raise PluginError("MB751", "gave an infinite number; what is undefined is NaN", where=name)
    for number in range(min(LOOKED_AT, len(counts))):
        rows = np.repeat(np.arange(len(predictions.y)), counts[number])
        once = np.ones((1, len(rows)), dtype=np.uint16)
        expected, _ = function(predictions.y[rows], predictions.probabilities[rows], once)
        if not np.allclose(replicates[number], expected, rtol=0, atol=TOLERANCE, equal_nan=True):
            message = f"replicate {number} is {replicates[number]}, on copied rows {np.asarray(expected)}"
            raise PluginError("MB751", message, where=name, hint="counts say how often each row is drawn")
