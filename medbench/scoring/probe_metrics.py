"""Metrics of probe tasks from predictions and shared counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError
from medbench.models import METRICS, MetricCard, resolve
from medbench.scoring.measure import Measure
from medbench.scoring.predictions import ProbePredictions
from medbench.scoring.row_loop import refuse_wrong_replicates
from medbench.stats import SharedCounts, share_counts

__all__ = ["measure_probe"]

Counts = NDArray[np.uint16]


@dataclass(frozen=True)
class _Part:
    """The rows a metric is computed on: all, or one subgroup."""

    predictions: ProbePredictions
    counts: Counts

    @cached_property
    def shared(self) -> SharedCounts:
        """The counts made ready once, for all of medbench's own metrics."""
        return share_counts(self.counts)

    def positives(self) -> NDArray[np.bool_]:
        """Bool (n, classes or labels)."""
        y = self.predictions.y
        return y > 0 if y.ndim == 2 else y[:, None] == np.arange(len(self.predictions.classes))

    def groups_holding(self, positive: NDArray[np.bool_]) -> int:
        """The smaller number of groups that hold a positive and those that hold a negative."""
        groups = self.predictions.groups
        return min(len(np.unique(groups[positive])), len(np.unique(groups[~positive])))


def measure_probe(
    predictions: ProbePredictions,
    report: tuple[str, ...],
    report_by: tuple[str, ...],
    counts: Counts,
    metrics: Mapping[str, MetricCard] = METRICS,
) -> list[Measure]:
    """All reported metrics, on all rows and on each value of the ``report_by`` columns.

    Args:
        counts: uint16 (replicates, n), how often each row is in each replicate; subgroups share them.
        metrics: cards by name, plugins' among them.

    Raises:
        PluginError: a plugin's metric raises, or gives other replicates than copied rows do (MB751).
    """
    whole = _Part(predictions, counts)
    measures = [measure for name in report for measure in _measures(metrics[name], whole)]
    for column in report_by:
        values = predictions.subgroups[column]
        for value in sorted(set(values.tolist())):
            part = _part(whole, values == value)
            found = [measure for name in report for measure in _measures(metrics[name], part)]
            measures += [replace(measure, subgroup=f"{column}={value}") for measure in found]
    return measures


def _part(whole: _Part, rows: NDArray[np.bool_]) -> _Part:
    p = whole.predictions
    return _Part(
        ProbePredictions(p.y[rows], p.probabilities[rows], p.groups[rows], p.classes), whole.counts[:, rows]
    )


def _measures(card: MetricCard, part: _Part) -> list[Measure]:
    """One measure, or one a class."""
    p, k = part.predictions, len(part.predictions.classes)
    values, replicates, chance = _values(card, part)
    positives = part.positives()
    if values.ndim == 0:
        by_class = card.evidence == "positives"
        columns = range(k) if p.y.ndim == 2 or k > 2 else [1]
        held = [part.groups_holding(positives[:, c]) for c in columns] if by_class else []
        n_groups = min(held, default=len(np.unique(p.groups)))
        return [Measure(card.name, _number(values), replicates, len(p.y), n_groups, None, _number(chance))]
    classes = [1] if len(values) == 1 and k == 2 else list(range(k))
    return [
        Measure(
            id=card.name,
            value=_number(values[i]),
            replicates=replicates[:, i],
            n=len(p.y),
            n_groups=part.groups_holding(positives[:, c]),
            n_pos=int(positives[:, c].sum()),
            chance=_number(chance[i]),
            label=p.classes[c],
        )
        for i, c in enumerate(classes)
    ]


def _values(card: MetricCard, part: _Part) -> tuple[NDArray[np.float64], ...]:
    """Value, replicates and chance; whatever a plugin's function does stays the plugin's."""
    if card is METRICS.get(card.name):
        return _computed(card, part.predictions, part.shared)
    p, counts = part.predictions, _sealed(part.counts)
    sealed = replace(p, y=_sealed(p.y), probabilities=_sealed(p.probabilities))
    try:
        values, replicates, chance = _computed(card, sealed, counts)
        refuse_wrong_replicates(card, sealed, counts, (values, replicates))
        if chance.shape != values.shape:
            message = f"chance has shape {chance.shape}, the value {values.shape}"
            raise PluginError("MB751", message, where=card.name)
    except PluginError:
        raise
    except (Exception, SystemExit) as fault:
        raise PluginError("MB751", f"raised {type(fault).__name__}: {fault}", where=card.name) from fault
    return values, replicates, chance


def _computed(
    card: MetricCard, p: ProbePredictions, counts: Counts | SharedCounts
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    found = card.open()(p.y, p.probabilities, counts)
    values, replicates = (np.asarray(item, dtype=np.float64) for item in found)
    return values, replicates, _chance(card, p, values.shape)


def _sealed(array: NDArray[Any]) -> NDArray[Any]:
    """A view that cannot be written to: one metric must not change what the next one reads."""
    view = array.view()
    view.flags.writeable = False
    return view


def _chance(card: MetricCard, p: ProbePredictions, shape: tuple[int, ...]) -> NDArray[np.float64]:
    if isinstance(card.chance, str):
        function = resolve(card.chance, card.name)
        return np.asarray(function(p.y, len(p.classes)), dtype=np.float64)
    return np.full(shape, np.nan if card.chance is None else card.chance)


def _number(value: object) -> float | None:
    number = float(np.asarray(value))
    return None if np.isnan(number) else number
