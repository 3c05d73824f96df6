"""Metrics of probe tasks from predictions and shared counts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.scoring.measure import Measure
from medbench.scoring.predictions import ProbePredictions

__all__ = ["PROBE_METRICS", "measure_probe"]

Counts = NDArray[np.uint16]


@dataclass(frozen=True)
class _Part:
    """The rows a metric is computed on: all, or one subgroup."""

    predictions: ProbePredictions
    counts: Counts

    @property
    def multilabel(self) -> bool:
        return self.predictions.y.ndim == 2

    @property
    def predicted(self) -> NDArray[np.integer]:
        return np.asarray(np.argmax(self.predictions.probabilities, axis=1), dtype=np.int64)

    def positives(self) -> NDArray[np.bool_]:
        """Bool (n, classes or labels)."""
        y = self.predictions.y
        return y > 0 if self.multilabel else y[:, None] == np.arange(len(self.predictions.classes))

    def groups_holding(self, positive: NDArray[np.bool_]) -> int:
        groups = self.predictions.groups
        return min(len(np.unique(groups[positive])), len(np.unique(groups[~positive])))

    def n_groups(self) -> int:
        return len(np.unique(self.predictions.groups))


def measure_probe(
    predictions: ProbePredictions, report: tuple[str, ...], report_by: tuple[str, ...], counts: Counts
) -> list[Measure]:
    """All reported metrics, on all rows and on each value of the ``report_by`` columns.

    Args:
        counts: uint16 (replicates, n), how often each row is in each replicate; subgroups share them.
    """
    whole = _Part(predictions, counts)
    measures = [measure for name in report for measure in PROBE_METRICS[name](whole)]
    for column in report_by:
        values = predictions.subgroups[column]
        for value in sorted(set(values.tolist())):
            part = _part(whole, values == value)
            found = [measure for name in report for measure in PROBE_METRICS[name](part)]
            measures += [replace(measure, subgroup=f"{column}={value}") for measure in found]
    return measures


def _part(whole: _Part, rows: NDArray[np.bool_]) -> _Part:
    p = whole.predictions
    return _Part(
        ProbePredictions(p.y[rows], p.probabilities[rows], p.groups[rows], p.classes), whole.counts[:, rows]
    )


def _auc_columns(part: _Part) -> list[int]:
    """Columns of the probabilities that are scored: the positive class of a binary task, else all."""
    binary = not part.multilabel and len(part.predictions.classes) == 2
    return [1] if binary else list(range(len(part.predictions.classes)))


def _roc_auc(part: _Part) -> list[Measure]:
    positives, names = part.positives(), part.predictions.classes
    measures = []
    for column in _auc_columns(part):
        y, scores = positives[:, column].astype(np.int64), part.predictions.probabilities[:, column]
        measures.append(
            Measure(
                id="roc_auc",
                value=_number(stats.roc_auc(y, scores)),
                replicates=stats.roc_auc_replicates(y, scores, part.counts),
                n=len(y),
                n_groups=part.groups_holding(positives[:, column]),
                n_pos=int(y.sum()),
                chance=stats.ROC_AUC_CHANCE,
                label=names[column],
            )
        )
    return measures


def _roc_auc_mean(part: _Part) -> list[Measure]:
    parts = _roc_auc(part)
    values = [measure.value for measure in parts]
    known = [value for value in values if value is not None]
    return [
        Measure(
            id="roc_auc_mean",
            value=float(np.mean(known)) if len(known) == len(values) else None,
            # a replicate without one of the classes is undefined for the mean as well
            replicates=np.mean([measure.replicates for measure in parts], axis=0),
            n=parts[0].n,
            n_groups=min(measure.n_groups for measure in parts),
            chance=stats.ROC_AUC_CHANCE,
        )
    ]


def _f1(average: Literal["macro", "weighted"] | None) -> Callable[[_Part], list[Measure]]:
    def measure(part: _Part) -> list[Measure]:
        names, y, predicted = part.predictions.classes, part.predictions.y, part.predicted
        k = len(names)
        values = np.atleast_1d(stats.f1(y, predicted, average=average, n_classes=k))
        replicates = stats.f1_replicates(y, predicted, part.counts, average=average, n_classes=k)
        columns = replicates.reshape(len(part.counts), -1)
        share = stats.f1_chance(np.bincount(y, minlength=k))
        summary = float((share**2).sum()) if average == "weighted" else float(share.mean())
        return [
            Measure(
                id="f1" if average is None else f"f1_{average}",
                value=_number(float(values[i])),
                replicates=columns[:, i],
                n=len(y),
                n_groups=part.groups_holding(y == i) if average is None else part.n_groups(),
                n_pos=int((y == i).sum()) if average is None else None,
                chance=float(share[i]) if average is None else summary,
                label=names[i] if average is None else None,
            )
            for i in range(len(values))
        ]

    return measure


def _accuracy(part: _Part) -> list[Measure]:
    y = part.predictions.y
    correct = (y == part.predicted).astype(np.float64)
    share = stats.f1_chance(np.bincount(y, minlength=len(part.predictions.classes)))
    return [
        Measure(
            id="accuracy",
            value=float(correct.mean()),
            replicates=stats.accuracy_replicates(correct, part.counts),
            n=len(y),
            n_groups=part.n_groups(),
            chance=float((share**2).sum()),
        )
    ]


def _number(value: object) -> float | None:
    number = float(np.asarray(value))
    return None if np.isnan(number) else number


PROBE_METRICS: Mapping[str, Callable[[_Part], list[Measure]]] = {
    "roc_auc": _roc_auc,
    "roc_auc_mean": _roc_auc_mean,
    "f1": _f1(None),
    "f1_macro": _f1("macro"),
    "f1_weighted": _f1("weighted"),
    "accuracy": _accuracy,
}
"""Each gives one measure, or one a class; the names are those of the task schema."""
