"""Places over a suite: ranked only with every task; everyone else is listed with its coverage."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["overall_places"]


def overall_places(tasks: Sequence[Mapping[str, Any]], suite: Sequence[str]) -> list[dict[str, Any]]:
    """One row a model and protocol, ranked ones first, best first.

    Only official rows count. The chance-corrected score of a task is (score - chance) / (1 - chance).
    """
    found: dict[tuple[str, str, str], dict[str, Mapping[str, Any]]] = defaultdict(dict)
    entries = {(entry["task"], entry["protocol"]): entry for entry in tasks}
    for entry in tasks:
        for row in entry["rows"]:
            if entry["task"] in suite and row["division"] == "official" and row["value"] is not None:
                found[row["model"], row["identity_digest"], entry["protocol"]][entry["task"]] = row
    places = [_place(who, rows, entries, suite) for who, rows in found.items()]
    return sorted(places, key=_order)


def _place(
    who: tuple[str, str, str],
    rows: Mapping[str, Mapping[str, Any]],
    entries: Mapping[Any, Any],
    suite: Sequence[str],
) -> dict[str, Any]:
    model, identity, protocol = who
    corrected, ranks = [], []
    for task, row in rows.items():
        entry = entries[task, protocol]
        corrected.append((row["value"] - entry["chance"]) / (1 - entry["chance"]))
        values = [other["value"] for other in entry["rows"] if other["value"] is not None]
        ranks.append(1 + sum(value > row["value"] for value in values))
    complete = len(rows) == len(suite)
    return {
        "model": model,
        "identity_digest": identity,
        "protocol": protocol,
        "tasks": len(rows),
        "of": len(suite),
        "ranked": complete,
        "mean_chance_corrected": float(f"{sum(corrected) / len(corrected):.12g}") if complete else None,
        "mean_rank": float(f"{sum(ranks) / len(ranks):.12g}") if complete else None,
    }


def _order(place: Mapping[str, Any]) -> tuple[bool, float, int, str, str, str]:
    score = place["mean_chance_corrected"]
    return (
        not place["ranked"],
        -score if score is not None else 0.0,
        -place["tasks"],
        place["model"],
        place["protocol"],
        place["identity_digest"],
    )
