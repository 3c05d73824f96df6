"""What ``medbench run`` prints: what is not ready, the scores, and where everything is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from medbench.cli.display import console, number, print_table, score
from medbench.record import read_record
from medbench.runner import Item, Job, RunResult

__all__ = ["print_not_ready", "print_result"]


def print_not_ready(job: Job) -> None:
    """A table of what cannot run, why, and where to ask for it."""
    lacking = [item for item in job.items if item.state != "ready"]
    if not lacking:
        return
    rows = [[item.task.id, item.candidate.name, item.state, _reason(item), item.ask] for item in lacking]
    print_table("Not ready", ["task", "model", "state", "what is missing", "where to ask for it"], rows)
    if job.options.data_root is None and any(item.ask for item in lacking):
        console().print("data: name a folder with one folder a source: --data-root D or MEDBENCH_DATA_ROOT")
    for name, lack in dict.fromkeys(
        (i.candidate.name, i.candidate.lack) for i in lacking if i.candidate.lack
    ):
        console().print(f"{name}: {lack}", markup=False)


def _reason(item: Item) -> str:
    """The lack without what every row of the model would repeat."""
    own = f"{item.candidate.name}: {item.candidate.lack}"
    if item.candidate.lack and item.reason.endswith(own):
        return item.reason.removesuffix(own).removesuffix("; ") or "the model, see below"
    return item.reason


def print_result(job: Job, result: RunResult, board: Path | None) -> None:
    """Scores with intervals, failures, and the places of records and board."""
    out = console()
    if result.records:
        records = [read_record(path).value for path in result.records]
        rows = [_row(record) for record in sorted(records, key=lambda r: _order(job, r))]
        columns = [
            "task",
            "model",
            "metric",
            ">score [95 % CI]",
            ">chance",
            ">n",
            ">groups",
            "unit",
            "record",
        ]
        synthetic = all(record["cohort"]["synthetic"] for record in records)
        title = "Scores on synthetic data, which say nothing about medicine" if synthetic else "Scores"
        print_table(title, columns, rows)
    for line in _left_out(records if result.records else []):
        out.print(line, markup=False)
    for line in _silent_replies([read_record(path).value for path in result.records]):
        out.print(line, markup=False)
    checked = {(item.candidate.name, item.task.id) for item in job.items if item.state != "ready"}
    for row in result.not_run:
        if (row["model"], row["task"]) not in checked:
            out.print(f"not run: {row['model']} on {row['task']}: {row['reason']}", markup=False)
    for failure in result.failed:
        out.print(f"failed: {failure['model']} on {failure['task']}: {failure['reason']}", markup=False)
    for name, files in _by_analysis(result.analyses).items():
        where = f" (first: {files[0]})" if len(files) > 1 else f" {files[0]}"
        out.print(f"analysis {name}: {len(files)} made{where}", markup=False, soft_wrap=True)
    if result.run_dir is not None and result.records:
        out.print(f"records  {result.run_dir}", markup=False, soft_wrap=True)
    if board is not None:
        out.print(f"board    {board}", markup=False, soft_wrap=True)
    ready, total = len(job.ready), len(job.items)
    if result.said:
        out.print(result.said, markup=False)
    elif job.options.dry_run:
        out.print(f"dry run: {ready} of {total} would run")
    elif not result.records and not result.failed:
        out.print("nothing was run" if ready else f"nothing was run: none of {total} is ready")


def _by_analysis(files: Sequence[Path]) -> dict[str, list[Path]]:
    names = dict.fromkeys(file.stem for file in files)
    return {name: [file for file in files if file.stem == name] for name in names}


def _left_out(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each task of which rows were left out; models share it."""
    lines = {}
    for record in records:
        lost = [
            f"{n} {reason}"
            for reasons in record["cohort"]["exclusions"].values()
            for reason, n in reasons.items()
        ]
        if lost:
            lines[record["task"]["id"]] = f"{record['task']['id']}: rows left out: {', '.join(lost)}"
    return list(lines.values())


def _silent_replies(records: Sequence[Mapping[str, Any]]) -> list[str]:
    """A line for each record with replies that gave no answer; they count as wrong."""
    lines = []
    for record in records:
        cover, name = record["coverage"], record["model"]["name"]
        lost = {what: cover[f"n_{what}"] for what in ("unparsed", "refused", "error") if cover[f"n_{what}"]}
        if lost:
            found = ", ".join(f"{n} {what}" for what, n in lost.items())
            lines.append(
                f"{name} on {record['task']['id']}: {found} of {cover['n_spec']} replies, counted wrong"
            )
    return lines


def _order(job: Job, record: Mapping[str, Any]) -> tuple[int, float]:
    tasks = [task.id for task in job.tasks]
    value = _primary(record)["value"]
    return tasks.index(record["task"]["id"]), -(value if value is not None else -1.0)


def _primary(record: Mapping[str, Any]) -> Mapping[str, Any]:
    key = record["task"]["primary"]
    return next(row for row in record["metrics"] if row["key"] == key)


def _row(record: Mapping[str, Any]) -> list[str]:
    primary = _primary(record)
    name = primary["id"] + (f" {primary['label']}" if primary["label"] else "")
    name += f" {primary['decoding']}" if primary["decoding"] else ""
    groups = record["cohort"]["counts"]["test"]["groups"]
    interval = score(primary["value"], primary["ci"])
    unit, division = record["cohort"]["group_unit"], record["division"]
    if record["cohort"]["synthetic"]:
        division += ", synthetic"
    chance = number(primary["chance"])
    where = [record["task"]["id"], record["model"]["name"]]
    return [*where, name, interval, chance, str(primary["n"]), str(groups), unit, division]
