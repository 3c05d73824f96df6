"""The analyses that a suite declares: beside a record, from its predictions and the stored activations."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

import medbench
from medbench.analysis import Question, label_efficiency, layer_sweep, subgroups
from medbench.errors import SpecError
from medbench.models import Tap
from medbench.probe import TrainRows, fit_probe
from medbench.record import ANALYSIS_SCHEMA, Record, read_analysis, write_analysis
from medbench.runner.outcome import StageContext
from medbench.runner.probe_rows import probe_rows
from medbench.runner.probe_stage import probe_settings
from medbench.runner.subgroup_values import subgroup_values
from medbench.runner.taps import sweep_taps
from medbench.scoring import read_probe
from medbench.spec import LbfgsProbe, ProbeProtocol

__all__ = ["run_analysis"]


def run_analysis(context: StageContext, record: Record, name: str, settings: Mapping[str, Any]) -> Path:
    """Make one analysis, unless the file of the same record and settings is there; returns the file.

    Raises:
        RunError: too few rows for it (MB805), or as a probe stage.
    """
    file = context.place / "analyses" / f"{name}.json"
    fixed = _fixed_part(context, record, name, settings)
    if _is_there(file, fixed):
        return file
    result = _ANALYSES[name](context, record, settings)
    created = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    write_analysis(file, {**fixed, "result": result, "created": created})
    context.folder.log("analysis", model=context.item.candidate.name, task=context.item.task.id, name=name)
    return file


def _is_there(file: Path, fixed: Mapping[str, Any]) -> bool:
    try:
        known = read_analysis(file)
    except SpecError:
        return False
    return all(known[key] == value for key, value in fixed.items())


def _fixed_part(
    context: StageContext, record: Record, name: str, settings: Mapping[str, Any]
) -> dict[str, Any]:
    task, model, cohort = (record.value[key] for key in ("task", "model", "cohort"))
    return {
        "schema": ANALYSIS_SCHEMA,
        "medbench": medbench.__version__,
        "analysis": name,
        "settings": {key: value for key, value in settings.items() if key != "tasks"},
        "metric": context.item.task.primary,
        "task": {key: task[key] for key in ("id", "spec_digest", "protocol")},
        "model": {key: model[key] for key in ("name", "identity_digest")},
        "cohort": {
            **{key: cohort[key] for key in ("content_digest", "resample_key", "synthetic", "group_unit")},
            "columns_digest": _columns_digest(context, settings),
        },
        "deviations": record.value["deviations"],
        "rulings": record.value.get("rulings", []),
    }


def _columns_digest(context: StageContext, settings: Mapping[str, Any]) -> str:
    """SHA-256 (hex) over what the analysis reads of the test rows beside what the record was made of."""
    columns = [*settings.get("columns", ()), *([settings["column"]] if "column" in settings else [])]
    values = [[row.columns.get(column) for column in columns] for row in context.rows("test")]
    return hashlib.sha256(json.dumps([columns, values]).encode()).hexdigest()


def _question(context: StageContext) -> tuple[Question, np.ndarray[Any, np.dtype[np.float64]]]:
    """The task's question on its test rows, and the record's own answers to it."""
    predictions = read_probe(context.place / "predictions.parquet")
    task = context.item.task
    question = Question(
        task.primary,
        task.statistics.level,
        context.counts(predictions.groups),
        predictions.y,
        predictions.groups,
        predictions.classes,
        context.item.evaluators.metrics,
    )
    return question, predictions.probabilities


def _layer_sweep(context: StageContext, _record: Record, settings: Mapping[str, Any]) -> Any:
    protocol, probe = context.protocol, probe_settings(context)
    assert isinstance(protocol, ProbeProtocol) and isinstance(probe, LbfgsProbe)
    taps = sweep_taps(context.session.handle, protocol.tap, settings)
    rows = probe_rows(context, taps, "shards-layer-sweep.json")
    context.stage("layer sweep", len(taps))
    of_name = {tap.name: tap for tap in taps}
    return layer_sweep(
        {tap.name: lambda tap=tap: rows.train(tap) for tap in taps},  # type: ignore[misc]
        lambda name: rows.test(of_name[name]),
        probe,
        _question(context)[0],
        context.progress.step,
    )


def _label_efficiency(context: StageContext, record: Record, settings: Mapping[str, Any]) -> Any:
    tap = _tap(context, record)
    rows = probe_rows(context, [tap], "shards-label-efficiency.json")
    context.stage("label efficiency", settings["draws"] * len(settings["fractions"]))
    test, probe = rows.test(tap), probe_settings(context)

    def fit(train: TrainRows) -> np.ndarray[Any, np.dtype[np.float64]]:
        found = fit_probe(train, probe, context.options.seed).predict_proba(test.X)
        context.progress.step(1)
        return found

    question, _ = _question(context)
    return label_efficiency(
        rows.train(tap), settings["fractions"], settings["draws"], fit, question, context.cohort.resample_key
    )


def _tap(context: StageContext, record: Record) -> Tap:
    """The tap that the record's probe was fitted on."""
    block, _, pooling = record.value["selection"]["tap"].rpartition(".")
    if context.session.handle.blocks is None:
        return Tap(None, pooling)
    return Tap(int(block.removeprefix("block-")), pooling)


def _per_organ(context: StageContext, _record: Record, settings: Mapping[str, Any]) -> Any:
    return _subgroups_of(context, [settings["column"]], settings["smallest"])


def _subgroups(context: StageContext, _record: Record, settings: Mapping[str, Any]) -> Any:
    return _subgroups_of(context, settings["columns"], settings["smallest"])


def _subgroups_of(context: StageContext, columns: list[str], smallest: int) -> Any:
    context.stage("subgroups", 1)
    question, probabilities = _question(context)
    rows = context.rows("test")
    values = {column: subgroup_values(rows, column) for column in columns}
    found = subgroups(question, probabilities, values, smallest)
    context.progress.step(1)
    return found


_ANALYSES: Mapping[str, Callable[[StageContext, Record, Mapping[str, Any]], Any]] = {
    "layer-sweep": _layer_sweep,
    "label-efficiency": _label_efficiency,
    "per-organ": _per_organ,
    "subgroups": _subgroups,
}
