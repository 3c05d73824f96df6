"""The probe on ever fewer training groups: how much of the score is kept."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.analysis.question import Question
from medbench.analysis.subsets import nested_subsets
from medbench.errors import RunError
from medbench.probe import TrainRows
from medbench.scoring import Measure, rounded

__all__ = ["label_efficiency"]

Fit = Callable[[TrainRows], NDArray[np.float64]]
"""Fit a probe and give the probabilities of the test rows, float64 (n, classes)."""


def label_efficiency(
    train: TrainRows, fractions: Sequence[float], draws: int, fit: Fit, question: Question, key: str
) -> list[dict[str, Any]]:
    """One row a fraction: the score of each draw, their mean and spread, and the share of the full score.

    Two error bars are kept apart: ``sd`` of a draw is the test set's, ``sd_draws`` is that of the choice of
    rows. ``retained_percent`` is the mean over draws against all of train, with an interval from the shared
    replicates. A subset that is too small to choose C on has ``reason`` instead of a value.

    Args:
        key: the resample key of the cohort.
    """
    whole = question.measure(fit(train))
    found: dict[float, list[Measure]] = {fraction: [] for fraction in fractions}
    rows: dict[float, list[dict[str, Any]]] = {fraction: [] for fraction in fractions}
    for draw in range(draws):
        subsets = nested_subsets(train.Y, train.groups, fractions, draw, key)
        for fraction, index in zip(fractions, subsets, strict=True):
            if fraction == 1 and draw:
                continue  # all of train is one subset, whatever the draw
            measure, row = _score(train, index, fit, question, whole)
            rows[fraction].append({"draw": draw, **row})
            found[fraction] += [measure] if measure else []
    return [
        {"fraction": fraction, "draws": rows[fraction], **_summary(found[fraction], whole, question.level)}
        for fraction in fractions
    ]


def _score(
    train: TrainRows, index: NDArray[np.int64], fit: Fit, question: Question, whole: Measure
) -> tuple[Measure | None, dict[str, Any]]:
    subset = train.take(index)
    size = {"n_train": len(index), "n_train_groups": len(np.unique(subset.groups))}
    try:
        measure = whole if len(index) == len(train.groups) else question.measure(fit(subset))
    except RunError as lack:
        return None, {**size, "value": None, "reason": lack.message}
    return measure, {**size, **question.row(measure)}


def _summary(measures: Sequence[Measure], whole: Measure, level: float) -> dict[str, Any]:
    values = [measure.value for measure in measures if measure.value is not None]
    if not values or whole.value is None:
        return {"mean": None, "sd_draws": None, "retained_percent": None, "retained_ci": None}
    mean = float(np.mean(values))
    replicates = np.mean([measure.replicates for measure in measures], axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        kept = 100 * replicates / whole.replicates
    interval = stats.percentile_interval(np.where(np.isfinite(kept), kept, np.nan), level)
    return {
        "mean": rounded(mean),
        "sd_draws": rounded(float(np.std(values, ddof=1))) if len(values) > 1 else None,
        "retained_percent": rounded(100 * mean / whole.value) if whole.value else None,
        "retained_ci": [rounded(interval.low), rounded(interval.high)] if interval else None,
    }
