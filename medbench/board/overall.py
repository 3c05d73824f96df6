"""Places over a suite: ranked only with every task; everyone else is listed with its coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Any

__all__ = ["overall_places"]

Model = tuple[str, str, str, bool]
"""Name, identity digest, protocol, and whether it is a baseline."""


@dataclass(frozen=True)
class _Standing:
    """A model on one task; ``corrected`` is ``None`` where the metric has no chance level."""

    corrected: float | None
    rank: int


def overall_places(tasks: Sequence[Mapping[str, Any]], suite: Sequence[str]) -> list[dict[str, Any]]:
    """One row a model and protocol, ranked ones first, best first.

    Only official rows under the current spec count, and baselines take no rank. The chance-corrected score
    of a task is (score - chance) / (1 - chance). Of a task with several test sets that one counts which most
    models were scored on.
    """
    found: dict[Model, list[_Standing]] = defaultdict(list)
    for entry in _one_a_task(tasks, suite):
        for model, standing in _standings(entry):
            found[model].append(standing)
    places = [_place(model, standings, len(suite)) for model, standings in found.items()]
    return sorted(places, key=_order)


def _one_a_task(tasks: Sequence[Mapping[str, Any]], suite: Sequence[str]) -> list[Mapping[str, Any]]:
    chosen: dict[tuple[str, str], Mapping[str, Any]] = {}
    # sorted is stable, and the board's entries are in order: ties go to the first test set
    for entry in sorted(tasks, key=lambda entry: -len(_scores(entry))):
        if entry["task"] in suite and entry["current"]:
            chosen.setdefault((entry["task"], entry["protocol"]), entry)
    return list(chosen.values())


def _scores(entry: Mapping[str, Any]) -> dict[Model, float]:
    """The mean over a model's official records, best first."""
    values: dict[Model, list[float]] = defaultdict(list)
    for row in entry["rows"]:
        if row["division"] == "official" and row["value"] is not None:
            model = (row["model"], row["identity_digest"], entry["protocol"], row["baseline"])
            values[model].append(row["value"])
    return {model: fmean(found) for model, found in values.items()}


def _standings(entry: Mapping[str, Any]) -> Iterator[tuple[Model, _Standing]]:
    scores, chance = _scores(entry), entry["chance"]
    rivals = [score for model, score in scores.items() if not model[3]]
    for model, score in scores.items():
        corrected = None if chance is None or chance >= 1 else (score - chance) / (1 - chance)
        yield model, _Standing(corrected, 1 + sum(rival > score for rival in rivals))


def _place(who: Model, standings: Sequence[_Standing], of: int) -> dict[str, Any]:
    model, identity, protocol, baseline = who
    complete = len(standings) == of
    corrected = [standing.corrected for standing in standings if standing.corrected is not None]
    ranked = complete and not baseline
    return {
        "model": model,
        "identity_digest": identity,
        "protocol": protocol,
        "baseline": baseline,
        "tasks": len(standings),
        "of": of,
        "ranked": ranked,
        "mean_chance_corrected": _digits(fmean(corrected)) if len(corrected) == of else None,
        "mean_rank": _digits(fmean(standing.rank for standing in standings)) if ranked else None,
    }


def _digits(value: float) -> float:
    return float(f"{value:.12g}")


def _order(place: Mapping[str, Any]) -> tuple[bool, float, int, str, str, str]:
    score = place["mean_chance_corrected"]
    return (
        not place["ranked"],
        -score if score is not None else float("inf"),
        -place["tasks"],
        place["model"],
        place["protocol"],
        place["identity_digest"],
    )
