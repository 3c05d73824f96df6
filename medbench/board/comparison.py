"""Comparing two models over every task that both have records of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from medbench import stats
from medbench.board.pairing import PairedMetric, pair_records
from medbench.errors import UsageError
from medbench.record import Record, find_records

__all__ = ["Comparison", "compare"]


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


def compare(a: Path | str, b: Path | str) -> Comparison:
    """Pair the records of two runs.

    Args:
        a: a record, or a folder that holds the records of one model.
        b: likewise.

    Raises:
        UsageError: a folder holds several models (MB019), nothing pairs up (MB021), or two records of a
            task do not share their draws (MB020).
        SpecError: a path holds no record, or a broken one.
    """
    ours, theirs = _one_model(Path(a)), _one_model(Path(b))
    shared = [place for place in ours if place in theirs]
    if not shared:
        raise UsageError("MB021", "no task and protocol is in both", where=f"{a}, {b}")
    rows = [row for place in shared for row in pair_records(ours[place], theirs[place])]
    names = (_name(ours), _name(theirs))
    return Comparison(
        *(names if names[0] != names[1] else (f"{names[0]} (A)", f"{names[1]} (B)")),
        rows=tuple(_holm(rows)),
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


def _holm(rows: list[PairedMetric]) -> list[PairedMetric]:
    family = {i: row.p for i, row in enumerate(rows) if row.primary and row.p is not None}
    if not family:
        return rows
    of_row = dict(zip(family, stats.holm(list(family.values())), strict=True))
    return [replace(row, p_holm=float(of_row[i])) if i in of_row else row for i, row in enumerate(rows)]
