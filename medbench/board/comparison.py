"""Comparing two models over every task that both have records of."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

from medbench import stats
from medbench.board.pairing import PairedMetric, pair_records
from medbench.errors import UsageError
from medbench.record import Record, find_records
from medbench.stats.equivalence import equivalence_test
from medbench.stats.multiplicity import benjamini_hochberg

__all__ = ["Comparison", "compare"]

Correction = Literal["holm", "bh"]
ADJUSTMENTS = {"holm": stats.holm, "bh": benjamini_hochberg}


@dataclass(frozen=True)
class Comparison:
    """Differences model a minus model b, task by task; Holm over the primary metrics.

    Attributes:
        only_a, only_b: tasks that one of the two has.
        synthetic: tasks whose data medbench drew itself.
    """

    model_a: str
    model_b: str
    rows: tuple[PairedMetric, ...]
    only_a: tuple[str, ...]
    only_b: tuple[str, ...]
    synthetic: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """What ``compare --json`` prints."""
        return {
            "a": self.model_a,
            "b": self.model_b,
            "metrics": [asdict(row) for row in self.rows],
            "only_a": list(self.only_a),
            "only_b": list(self.only_b),
            "synthetic": list(self.synthetic),
        }


def compare(
    a: Path | str, b: Path | str, *, correction: Correction = "holm", margin: float | None = None
) -> Comparison:
    """Pair the records of two runs.

    Args:
        a: a record, or a folder that holds the records of one model.
        b: likewise.
        correction: of the primary metrics' p-values: ``holm``, or ``bh`` for Benjamini-Hochberg.
        margin: largest difference that does not matter, above 0; adds tests of equivalence and of
            non-inferiority of a to b.

    Raises:
        ValueError: an unknown correction, or a margin that is not above 0.
        UsageError: a folder holds several models (MB019), nothing pairs up (MB021), or two records of a
            task do not share their draws (MB020).
        SpecError: a path holds no record, or a broken one.
    """
    if correction not in ADJUSTMENTS:
        raise ValueError(f"correction must be holm or bh, not {correction!r}")
    if margin is not None and not 0 < margin < math.inf:
        raise ValueError(f"margin must be above 0, not {margin}")
    ours, theirs = _one_model(Path(a)), _one_model(Path(b))
    shared = [place for place in ours if place in theirs]
    if not shared:
        raise UsageError("MB021", "no task and protocol is in both", where=f"{a}, {b}")
    rows = [row for place in shared for row in pair_records(ours[place], theirs[place])]
    names = (_name(ours), _name(theirs))
    return Comparison(
        *(names if names[0] != names[1] else (f"{names[0]} (A)", f"{names[1]} (B)")),
        rows=tuple(_equivalent(row, margin) for row in _adjusted(rows, correction)),
        only_a=tuple(task for task, protocol in ours if (task, protocol) not in theirs),
        only_b=tuple(task for task, protocol in theirs if (task, protocol) not in ours),
        synthetic=tuple(place[0] for place in shared if ours[place].value["cohort"]["synthetic"]),
    )


def _one_model(path: Path) -> dict[tuple[str, str], Record]:
    records = find_records([path])
    names = sorted({record.value["model"]["name"] for record in records})
    if len(names) > 1:
        message = f"holds {len(names)} models: {', '.join(names)}"
        raise UsageError("MB019", message, str(path), "name the folder or the record of one")
    places: dict[tuple[str, str], Record] = {}
    for record in records:
        if record.place in places:
            both = f"{places[record.place].file} and {record.file}"
            raise UsageError(
                "MB019", f"holds two records of {' '.join(record.place)}: {both}", str(path), "name one"
            )
        places[record.place] = record
    return places


def _name(records: Mapping[tuple[str, str], Record]) -> str:
    return str(next(iter(records.values())).value["model"]["name"])


def _adjusted(rows: list[PairedMetric], correction: Correction) -> list[PairedMetric]:
    family = {i: row.p for i, row in enumerate(rows) if row.primary and row.p is not None}
    if not family:
        return rows
    p_values = list(family.values())
    both = zip(stats.holm(p_values), ADJUSTMENTS[correction](p_values), strict=True)
    of_row = dict(zip(family, both, strict=True))
    return [
        replace(row, p_holm=float(of_row[i][0]), p_adjusted=float(of_row[i][1]), correction=correction)
        if i in of_row
        else row
        for i, row in enumerate(rows)
    ]


def _equivalent(row: PairedMetric, margin: float | None) -> PairedMetric:
    """With the tests that a margin allows."""
    if margin is None or row.se is None or row.p is None:
        return row
    found = equivalence_test(row.difference, row.se, margin, row.df)
    return replace(row, margin=margin, p_equivalent=found.p_equivalent, p_non_inferior=found.p_non_inferior)
