"""What a record under the published choices says of the published numbers: inside, outside, no reference."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from medbench.scoring import Measure

__all__ = ["reproduction"]

PUBLISHED = "paper"
"""Protocols whose names begin so carry out a publication's choices."""


def reproduction(
    rows: Sequence[Mapping[str, Any]], model: str, protocol: str, measures: Sequence[Measure], official: bool
) -> list[dict[str, Any]] | None:
    """One row a published score of this model on all of train; ``None`` where the protocol is not published.

    A score is inside when it lies in the published interval, or no further than the stated tolerance from a
    value that has none. There is no reference where the score is only drawn in a figure or is no target, and
    for a record that deviates from its spec.

    Args:
        rows: the reference file's rows, each with its ``tolerance``.
        model: the name that ``runs_as`` is compared with.
        official: the record has no deviation.
    """
    if not protocol.startswith(PUBLISHED):
        return None
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        if row["runs_as"] == model and row.get("train_fraction", 1) == 1:
            for measure in _measured(row, measures):
                judged = official and row.get("target", True)
                found.setdefault(measure.key, _compare(row, measure, judged))
    return [found[key] for key in sorted(found)]


def _measured(row: Mapping[str, Any], measures: Sequence[Measure]) -> Iterator[Measure]:
    """The measure on the whole test set; a binary task's one class need not be named."""
    same = [m for m in measures if m.id == row["metric"] and m.subgroup is None and m.stratum is None]
    if row["label"] is not None:
        same = [m for m in same if m.label == row["label"]]
    if row["decoding"] is not None:
        same = [m for m in same if m.decoding == row["decoding"]]
    yield from same if len(same) == 1 else []


def _compare(row: Mapping[str, Any], measure: Measure, judged: bool) -> dict[str, Any]:
    value, low, high = row["value"], row["ci_low"], row["ci_high"]
    if value is not None and low is None:
        low, high = value - row["tolerance"], value + row["tolerance"]
    verdict = "no reference"
    if judged and value is not None and measure.value is not None:
        verdict = "inside" if low <= measure.value <= high else "outside"
    return {
        "metric": measure.key,
        "reference": value,
        "low": None if low is None else float(f"{low:.9g}"),
        "high": None if high is None else float(f"{high:.9g}"),
        "verdict": verdict,
        "where": row["where"],
    }
