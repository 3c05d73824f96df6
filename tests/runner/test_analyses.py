"""Analyses that a suite declares, run beside the records, on sample data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image
from sklearn.metrics import f1_score

import medbench
from medbench.cohort import prepare_cohort
from medbench.errors import RunError
from medbench.record import read_record
from medbench.runner import analysis_stage
from medbench.scoring import read_probe

SUITE = """\
schema: medbench.suite/1
id: variations
title: Variations
tasks: [T2, T6, NEJM]
analyses:
  layer-sweep: {tasks: [T6, NEJM], depths: [0.25, 0.5, last]}
  label-efficiency: {tasks: [T6], fractions: [0.05, 0.5, 1], draws: 5}
  per-organ: {tasks: [T2, T6], column: tissue, smallest: 1}
  subgroups: {columns: [sex, eye, source], smallest: 5}
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("suites")
    (folder / "suites").mkdir()
    (folder / "suites" / "variations.yaml").write_text(SUITE)
    return folder


def _run(model: str, folder: Path, sample_root: Path, output: Path, cache: Path, **options: Any):
    return medbench.run(
        model, suite="variations", include_path=[folder], data_root=sample_root, output=output,
        cache_dir=cache, **options,
    )  # fmt: skip


@pytest.fixture(scope="module")
def run(folder, sample_root: Path, tiny_idefics: Path, cache: Path, tmp_path_factory):
    output = tmp_path_factory.mktemp("analyses")
    return _run("idefics-9b", folder, sample_root, output, cache, model_args={"path": str(tiny_idefics)})


@pytest.fixture(scope="module")
def found(run) -> Mapping[tuple[str, str], dict[str, Any]]:
    assert not run.failed, run.failed
    values = [json.loads(file.read_text()) for file in run.analyses]
    return {(value["task"]["id"], value["analysis"]): value for value in values}


def test_each_is_made_for_its_tasks_and_what_cannot_be_is_said(run, found) -> None:
    assert set(found) == {
        ("T2", "per-organ"), ("T2", "subgroups"), ("T6", "layer-sweep"), ("T6", "label-efficiency"),
        ("T6", "subgroups"),
    }  # fmt: skip
    said = {row["reason"] for row in run.not_run}
    assert said == {
        "analysis layer-sweep: NEJM has no probe",
        "analysis per-organ: T6 has no column 'tissue'",
    }
    assert run.exit_code == 0
    assert run.as_dict()["analyses"] == [str(file) for file in run.analyses]


def test_layer_sweep_scores_test_for_the_best_validated_tap_alone(found) -> None:
    result = found["T6", "layer-sweep"]["result"]
    assert [row["tap"] for row in result["taps"]] == ["block-2.last", "block-4.last", "block-7.last"]
    assert result["chosen"] == min(result["taps"], key=lambda row: row["mean_log_loss"])["tap"]
    assert result["configurations_scored_on_test"] == 1 and 0 <= result["test"]["value"] <= 1


def test_all_of_train_is_the_records_own_score(run, found) -> None:
    rows = found["T6", "label-efficiency"]["result"]
    [record] = [r for r in map(read_record, run.records) if r.value["task"]["id"] == "T6"]
    assert rows[-1]["fraction"] == 1 and rows[-1]["mean"] == record.primary["value"]
    assert rows[-1]["draws"][0]["ci"] == record.primary["ci"], "by the record's own draws"
    assert len(rows[1]["draws"]) == 5 and rows[1]["draws"][0]["n_train"] > rows[0]["draws"][0]["n_train"]


def test_each_organ_has_the_score_of_its_rows(run, found, sample_root: Path, cache: Path) -> None:
    [row] = found["T2", "per-organ"]["result"]
    assert row["column"] == "tissue" and len(row["cells"]) > 1
    [file] = [f for f in run.records if read_record(f).value["task"]["id"] == "T2"]
    predictions = read_probe(file.parent / "predictions.parquet")
    task = medbench.load_task("T2")
    roots = {source: sample_root / source for source in task.data.sources}
    tissue = np.array(
        [r.columns["tissue"] for r in prepare_cohort(task, roots, cache, columns=["tissue"]).split("test")]
    )
    predicted = predictions.probabilities.argmax(axis=1)
    for cell in row["cells"]:
        rows = tissue == cell["subgroup"]
        labels = range(len(predictions.classes))
        expected = f1_score(
            predictions.y[rows], predicted[rows], average="macro", labels=labels, zero_division=0
        )
        assert cell["value"] == pytest.approx(expected, abs=1e-9), cell["subgroup"]


def test_columns_that_are_there_make_the_subgroups(found) -> None:
    assert [row["column"] for row in found["T6", "subgroups"]["result"]] == ["sex", "eye", "source"]
    assert [row["column"] for row in found["T2", "subgroups"]["result"]] == ["source"]


def test_records_are_those_of_a_run_without_analyses(run, sample_root, tiny_idefics, cache, tmp_path) -> None:
    plain = medbench.run(
        "idefics-9b", tasks=["T6"], model_args={"path": str(tiny_idefics)}, data_root=sample_root,
        output=tmp_path, cache_dir=cache,
    )  # fmt: skip
    ours, theirs = (
        next(read_record(f).value for f in result.records if "T6" in str(f)) for result in (run, plain)
    )
    for key in ("model", "cohort", "metrics", "selection", "statistics"):
        assert ours[key] == theirs[key]


def test_the_same_line_again_makes_nothing_anew(run, folder, sample_root, tiny_idefics, cache) -> None:
    before = {file: file.stat().st_mtime_ns for file in run.analyses}
    output = run.run_dir.parent
    damaged = run.analyses[0]
    text = damaged.read_text()
    damaged.write_text(text[: len(text) // 2])
    again = _run("idefics-9b", folder, sample_root, output, cache, model_args={"path": str(tiny_idefics)})
    assert again.analyses == run.analyses
    changed = {file for file in again.analyses if file.stat().st_mtime_ns != before[file]}
    assert changed == {damaged}, "the damaged one is made again"
    old, new = json.loads(text), json.loads(damaged.read_text())
    assert {**old, "created": ""} == {**new, "created": ""}


def test_an_encoder_has_no_layers_to_sweep(folder, sample_root, cache, tmp_path) -> None:
    result = _run("image-stats", folder, sample_root, tmp_path, cache)
    [said] = [row["reason"] for row in result.not_run if "layer-sweep" in row["reason"]]
    assert said == "analysis layer-sweep: image-stats has no blocks to choose from"
    assert {file.stem for file in result.analyses} == {"label-efficiency", "per-organ", "subgroups"}


def test_an_analysis_that_fails_keeps_the_record_and_the_others(
    folder, sample_root, cache, tmp_path, monkeypatch
) -> None:
    def fail(*_: Any) -> None:
        raise RunError("MB805", "too few rows")

    monkeypatch.setitem(analysis_stage._ANALYSES, "label-efficiency", fail)
    result = _run("image-stats", folder, sample_root, tmp_path, cache)
    assert [(row["task"], row["reason"]) for row in result.failed] == [
        ("T6", "analysis label-efficiency: MB805 too few rows")
    ]
    assert result.exit_code == 1 and len(result.records) == 2
    assert {file.stem for file in result.analyses} == {"per-organ", "subgroups"}


OWN_TASK = """\
schema: medbench.task/1
id: Own
extends: medbench:_probe.yaml
title: Mine
discipline: other
data:
  train: [mine]
  test: [mine]
  sources: {mine: {reader: image-csv, table: labels.csv, patient: patient}}
  label: {column: grade, classes: ["0", "1"]}
  split: {rule: by-group, group: patient, test_fraction: 0.5}
metrics: {primary: roc_auc, report: [roc_auc]}
"""
OWN_SUITE = """\
schema: medbench.suite/1
id: own
title: Own
tasks: [Own]
analyses: {subgroups: {columns: [ward, patient], smallest: 2}}
"""


def test_a_column_that_changed_makes_the_analysis_anew_and_patients_are_no_subgroup(tmp_path, cache) -> None:
    def table(wards: str) -> None:
        rows = [f"i{i}.png,p{i // 2},{i % 2},{wards[i % len(wards)]}" for i in range(40)]
        (tmp_path / "labels.csv").write_text("\n".join(["image,patient,grade,ward", *rows]) + "\n")

    noise = np.random.default_rng(0)
    for i in range(40):
        pixels = noise.integers(0, 255, (8, 8, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(tmp_path / f"i{i}.png")
    (tmp_path / "Own.yaml").write_text(OWN_TASK)
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "own.yaml").write_text(OWN_SUITE)

    def cells() -> dict[str, int]:
        result = medbench.run(
            "image-stats", suite="own", include_path=[tmp_path], output=tmp_path / "runs", cache_dir=cache
        )
        assert not result.failed, result.failed
        [row] = json.loads(result.analyses[0].read_text())["result"]
        assert row["column"] == "ward"
        return {cell["subgroup"]: cell["n"] for cell in row["cells"]}

    table("AAB")
    first = cells()
    table("ABB")
    second = cells()
    assert set(first) == set(second) == {"A", "B"} and first["A"] > second["A"]
