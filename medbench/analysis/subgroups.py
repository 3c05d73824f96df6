"""The score in each subgroup of the test set, the gap between best and worst, and small cells suppressed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.analysis.question import Question
from medbench.scoring import Measure, ProbePredictions, measure_probe, rounded

__all__ = ["subgroups"]


def subgroups(
    question: Question,
    probabilities: NDArray[np.float64],
    columns: Mapping[str, NDArray[np.str_]],
    smallest: int,
) -> list[dict[str, Any]]:
    """One row a column: its cells with scores, and the gap between the best and the worst of them.

    Args:
        probabilities: float64 (n, classes) of the test rows.
        columns: the subgroup of each row, text (n,), by column.
        smallest: groups below which a cell is suppressed: its name, score and size are not given, since a
            rare value can be somebody's.
    """
    predictions = ProbePredictions(
        question.y, probabilities, question.groups, question.classes, dict(columns)
    )
    rows = []
    for column in columns:
        measures = measure_probe(
            predictions, (question.metric,), (column,), question.counts, question.metrics
        )
        cells = {m.subgroup.partition("=")[2]: m for m in measures if m.subgroup is not None}
        sizes = {name: len(np.unique(question.groups[columns[column] == name])) for name in cells}
        shown = {name: measure for name, measure in cells.items() if sizes[name] >= smallest}
        rows.append(
            {
                "column": column,
                "cells": [
                    {"subgroup": name, "groups": sizes[name], **question.row(measure)}
                    for name, measure in shown.items()
                ],
                "suppressed": len(cells) - len(shown),
                **_gap(shown, question.level),
            }
        )
    return rows


def _gap(shown: Mapping[str, Measure], level: float) -> dict[str, Any]:
    scored = {name: m for name, m in shown.items() if m.value is not None}
    if len(scored) < 2:
        return {"worst": None, "best": None, "gap": None, "gap_ci": None}
    # min and max of values that are there
    ranked = sorted(scored, key=lambda name: (scored[name].value or 0.0, name))
    worst, best = scored[ranked[0]], scored[ranked[-1]]
    interval = stats.percentile_interval(best.replicates - worst.replicates, level)
    return {
        "worst": ranked[0],
        "best": ranked[-1],
        "gap": rounded((best.value or 0.0) - (worst.value or 0.0)),
        "gap_ci": [rounded(interval.low), rounded(interval.high)] if interval else None,
    }
