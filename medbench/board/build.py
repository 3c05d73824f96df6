"""``leaderboard.json`` from records: a pure function, the same bytes whatever the order of files."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medbench.atomic import canonical_json, write_bytes
from medbench.board.overall import overall_places
from medbench.board.ties import tie_ranks
from medbench.errors import SpecError
from medbench.record import Record, find_records
from medbench.spec import Catalogue, Task, load_reference

__all__ = ["BOARD_SCHEMA", "board_json", "build_board"]

BOARD_SCHEMA = "medbench.leaderboard/1"
BASELINE_PLUGIN = "baselines"


def build_board(
    results: Sequence[Path | str] | Path | str,
    output: Path | str,
    suite: str = "all",
    catalogue: Catalogue | None = None,
) -> Path:
    """Write ``leaderboard.json`` into ``output``; returns its path.

    Raises:
        SpecError: a record is broken (MB220 to MB222), there is none (MB101, MB223), or records of one entry
            rank by different metrics (MB230).
        UsageError: no such suite (MB003), or records of one entry do not share their draws (MB020).
    """
    paths = [Path(results)] if isinstance(results, Path | str) else [Path(path) for path in results]
    file = Path(output) / "leaderboard.json"
    write_bytes(file, board_json(paths, suite, catalogue or Catalogue()).encode())
    return file


def board_json(results: Sequence[Path], suite: str, catalogue: Catalogue) -> str:
    """The board as canonical JSON."""
    records = find_records(results)
    chosen = catalogue.suite(suite)
    boards = {
        name: _board(
            [r for r in records if r.value["cohort"]["synthetic"] is synthetic], chosen["tasks"], catalogue
        )
        for name, synthetic in (("real", False), ("synthetic", True))
    }
    return canonical_json({"schema": BOARD_SCHEMA, "suite": chosen["id"], "records": len(records), **boards})


def _board(records: Sequence[Record], suite: Sequence[str], catalogue: Catalogue) -> dict[str, Any]:
    """What shares a place can be ranked: one task, protocol, spec and test set."""
    places: dict[tuple[str, ...], list[Record]] = defaultdict(list)
    for record in records:
        spec, key = record.value["task"]["spec_digest"], record.value["cohort"]["resample_key"]
        places[(*record.place, spec, key)].append(record)
    tasks = [_entry(found, catalogue) for _, found in sorted(places.items())]
    measured = {entry["task"] for entry in tasks}
    return {
        "tasks": tasks,
        "overall": overall_places(tasks, suite),
        "not_run": [task for task in suite if task not in measured],
    }


def _entry(records: Sequence[Record], catalogue: Catalogue) -> dict[str, Any]:
    ranked = _best_first(records)
    first, primary = ranked[0].value, ranked[0].primary
    task_id, protocol = ranked[0].place
    if len({record.value["task"]["primary"] for record in ranked}) > 1:
        raise SpecError("MB230", f"records of {task_id} rank by different metrics", where=str(ranked[0].file))
    task = catalogue.task(task_id) if task_id in catalogue.task_files else None
    return {
        "task": task_id,
        "title": task.title if task else task_id,
        "discipline": task.discipline if task else "mixed",
        "protocol": protocol,
        "spec_digest": first["task"]["spec_digest"],
        "current": task is not None and task.digest == first["task"]["spec_digest"],
        "metric": primary["key"],
        "chance": primary["chance"],
        "resample_key": first["cohort"]["resample_key"],
        "rows": _rows(ranked),
        # the paper's numbers are of real images
        "reference": _reference(task, primary) if task and not first["cohort"]["synthetic"] else [],
    }


def _best_first(records: Sequence[Record]) -> list[Record]:
    def key(record: Record) -> tuple[float, str, str]:
        value = record.primary["value"]
        return (-value if value is not None else float("inf"), record.value["model"]["name"], record.digest)

    return sorted(records, key=key)


def _rows(records: Sequence[Record]) -> list[dict[str, Any]]:
    """One row a record, best first; of a model that was run again the best record competes for it."""
    competing: dict[str, Record] = {}
    for record in records:
        if _competes(record):
            competing.setdefault(record.value["model"]["identity_digest"], record)
    ranks = dict(zip((r.digest for r in competing.values()), tie_ranks([*competing.values()]), strict=True))
    return [_row(record, ranks.get(record.digest)) for record in records]


def _competes(record: Record) -> bool:
    official = record.value["division"] == "official" and record.value["model"]["plugin"] != BASELINE_PLUGIN
    return official and record.primary["value"] is not None


def _row(record: Record, rank: int | None) -> dict[str, Any]:
    value, primary = record.value, record.primary
    return {
        "rank": rank,
        "model": value["model"]["name"],
        "identity_digest": value["model"]["identity_digest"],
        "address": value["model"]["address"],
        "value": primary["value"],
        "ci": primary["ci"],
        "sd": primary["sd"],
        "n": primary["n"],
        "unit": value["cohort"]["group_unit"],
        "n_groups": value["cohort"]["counts"]["test"]["groups"],
        "division": value["division"],
        "deviations": value["deviations"],
        "trust": "reported",
        "baseline": value["model"]["plugin"] == BASELINE_PLUGIN,
        "records": [record.digest],
    }


def _reference(task: Task, primary: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Published scores of the same metric, on the whole training set."""
    if task.reference is None:
        return []
    rows = [
        row
        for row in load_reference(task.reference)
        if row["metric"] == primary["id"]
        and row["value"] is not None
        and row.get("train_fraction", 1.0) == 1.0
        and row["label"] in (None, primary["label"])
    ]
    shown = {row["model"]: row for row in rows if row["runs_as"]}
    return [
        {
            "model": model,
            "value": row["value"],
            "ci": None if row["ci_low"] is None else [row["ci_low"], row["ci_high"]],
            "source": row["where"],
        }
        for model, row in sorted(shown.items())
    ]
