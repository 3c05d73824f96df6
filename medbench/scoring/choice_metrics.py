"""Metrics of choice tasks from extracted answers and shared counts."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.scoring.measure import Measure
from medbench.scoring.predictions import ChoicePredictions, DecodingOutcome
from medbench.spec import Strata

__all__ = ["measure_choice", "stratum_names"]


@dataclass(frozen=True)
class _Score:
    """A per-case outcome in [0, 1] and what guessing gives for it.

    Attributes:
        whole: each outcome is right or wrong, so that successes can be counted.
    """

    id: str
    outcome: NDArray[np.float64]
    chance: NDArray[np.float64]
    whole: bool = True


def measure_choice(
    predictions: ChoicePredictions, report: tuple[str, ...], strata: Strata | None, counts: NDArray[np.uint16]
) -> list[Measure]:
    """Reported metrics of each decoding on all cases; the first of each decoding also per stratum."""
    measures: list[Measure] = []
    for name, outcome in predictions.decodings.items():
        scores = [score for score in _scores(predictions, outcome) if score.id in report]
        measures += [replace(_measure(score, predictions, counts), decoding=name) for score in scores]
        if strata is not None and predictions.stratum is not None and scores:
            measures += [
                replace(m, decoding=name) for m in _per_stratum(scores[0], predictions, strata, counts)
            ]
    return measures


def _scores(predictions: ChoicePredictions, outcome: DecodingOutcome) -> list[_Score]:
    correct = (outcome.options == predictions.answers[:, None]).astype(np.float64)
    tries, options = correct.shape[1], predictions.n_options
    guess = _each(stats.choice_chance, options)
    if tries == 1:
        return [_Score("accuracy", correct[:, 0], guess)]
    majority = np.array([_majority(row) for row in outcome.options])
    return [
        _Score("try_accuracy_mean", correct.mean(axis=1), guess, whole=False),
        _Score("any_of_k", correct.max(axis=1), _each(lambda k: stats.any_of_chance(k, tries), options)),
        _Score(
            "majority_of_k",
            (majority == predictions.answers).astype(np.float64),
            _each(lambda k: stats.majority_of_chance(k, tries), options),
        ),
        _Score("try_agreement", _agreement(outcome.options), guess, whole=False),
    ]


def _each(chance: Callable[[int], float], options: NDArray[np.integer]) -> NDArray[np.float64]:
    """Chance of each case by its number of options."""
    numbers, case = np.unique(options, return_inverse=True)
    return np.array([chance(int(k)) for k in numbers], dtype=np.float64)[case]


def _majority(options: NDArray[np.integer]) -> int:
    """The option with strictly more tries than every other, -1 for a tie or no answer at all."""
    found, votes = np.unique(options[options >= 0], return_counts=True)
    winners = found[votes == votes.max()] if len(found) else found
    return int(winners[0]) if len(winners) == 1 else -1


def _agreement(options: NDArray[np.integer]) -> NDArray[np.float64]:
    """Share of pairs of tries that give the same option; a try without an answer agrees with none."""
    tries = options.shape[1]
    pairs = [(i, j) for i in range(tries) for j in range(i + 1, tries)]
    same = [(options[:, i] == options[:, j]) & (options[:, i] >= 0) for i, j in pairs]
    return np.asarray(np.mean(same, axis=0), dtype=np.float64)


def _measure(
    score: _Score,
    predictions: ChoicePredictions,
    counts: NDArray[np.uint16],
    rows: NDArray[np.bool_] | None = None,
) -> Measure:
    chosen = np.ones(len(score.outcome), dtype=bool) if rows is None else rows
    outcome, n = score.outcome[chosen], int(chosen.sum())
    successes = int(outcome.sum()) if score.whole else None
    return Measure(
        id=score.id,
        value=float(outcome.mean()) if n else None,
        replicates=stats.accuracy_replicates(outcome, counts[:, chosen])
        if n
        else np.full(len(counts), np.nan),
        n=n,
        n_groups=len(np.unique(predictions.groups[chosen])),
        n_pos=successes,
        chance=float(score.chance[chosen].mean()) if n else None,
        proportion=(successes, n) if rows is not None and successes is not None and n else None,
    )


def _per_stratum(
    score: _Score, predictions: ChoicePredictions, strata: Strata, counts: NDArray[np.uint16]
) -> list[Measure]:
    assert predictions.stratum is not None
    bins = np.asarray(strata.edges)
    left_closed = strata.closed == "left"
    index = np.searchsorted(bins, predictions.stratum, side="right" if left_closed else "left") - 1
    # the outermost edge belongs to its stratum whichever side is closed; an unknown share to none
    inside = (predictions.stratum >= bins[0]) & (predictions.stratum <= bins[-1])
    index = np.where(inside, np.clip(index, 0, len(bins) - 2), -1)
    return [
        replace(_measure(score, predictions, counts, index == i), stratum=name)
        for i, name in enumerate(stratum_names(strata))
    ]


def stratum_names(strata: Strata) -> list[str]:
    """``0-20``, ``20-40`` … in percent of readers who were right.

    >>> stratum_names(Strata("reader_share", (0, 50, 100), "left"))
    ['0-50', '50-100']
    """
    edges = [f"{edge:g}" for edge in strata.edges]
    return [f"{low}-{high}" for low, high in itertools.pairwise(edges)]
