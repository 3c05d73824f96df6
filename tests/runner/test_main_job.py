"""The main job end to end: nine tasks, real loading and forward code, valid records, a stable board."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from jsonschema import Draft7Validator

import medbench
from medbench.record import read_record
from medbench.scoring import read_probe
from medbench.spec import load_schema

PROBES = [f"T{i}" for i in range(1, 9)]
COLOUR = ["T1", "T2", "T3", "T4", "T5", "T6"]


def _primary(record):
    return next(row for row in record["metrics"] if row["key"] == record["task"]["primary"])


def test_nine_valid_synthetic_records(idefics_run) -> None:
    assert (idefics_run.exit_code, idefics_run.failed, idefics_run.not_run) == (0, (), ())
    values = [json.loads(path.read_text()) for path in idefics_run.records]
    assert [value["task"]["id"] for value in values] == [*PROBES, "NEJM"]
    for value in values:
        Draft7Validator(load_schema("record")).validate(value)
        assert value["cohort"]["synthetic"] is True
        assert (value["division"], value["deviations"]) == ("official", [])
        assert value["model"]["identity"]["weights"]
    assert {value["selection"]["tap"] for value in values if value["selection"]} == {"block-3.last"}


def test_the_choice_record_accounts_for_every_case(idefics_run) -> None:
    record = read_record(idefics_run.records[-1]).value
    cover = record["coverage"]
    assert cover["n_spec"] == 40 == cover["n_scored"] + cover["n_unparsed"] + cover["n_refused"]
    keys = {row["key"] for row in record["metrics"]}
    assert {"accuracy|decoding=greedy-1", "any_of_k|decoding=topk50-t1-x3"} <= keys
    chance = {row["key"]: row["chance"] for row in record["metrics"]}
    assert chance["any_of_k|decoding=topk50-t1-x3"] == pytest.approx(0.488)
    strata = [row for row in record["metrics"] if row["stratum"] and row["decoding"] == "greedy-1"]
    assert sum(row["n"] for row in strata) == 40


def test_clip_runs_the_probe_suite_and_lacks_nejm(sample_root: Path, cache: Path, tmp_path: Path) -> None:
    from medbench_clip.checkpoint import write

    write(tmp_path)
    options = {"model_args": {"path": str(tmp_path)}, "data_root": sample_root, "cache_dir": cache}
    result = medbench.run("clip-vit-b-32", suite="all", output=tmp_path / "runs", **options)
    assert result.exit_code == 0
    assert [read_record(path).value["task"]["id"] for path in result.records] == PROBES
    assert [(row["task"], row["state"]) for row in result.not_run] == [("NEJM", "unsupported")]
    assert read_record(result.records[0]).value["selection"]["tap"] == "pooled"


@pytest.mark.parametrize("task", COLOUR)
def test_image_stats_sees_the_planted_colour(task: str, baselines) -> None:
    primary = _primary(baselines["image-stats", task])
    assert primary["ci"][0] > primary["chance"]


@pytest.mark.parametrize("task", PROBES)
def test_random_sits_at_chance(task: str, baselines) -> None:
    """Within 3.5 standard deviations: over eight tasks one in two hundred such draws is not."""
    primary = _primary(baselines["random", task])
    assert abs(primary["value"] - primary["chance"]) <= 3.5 * primary["sd"]


@pytest.mark.parametrize("task", PROBES)
def test_majority_sits_at_chance(task: str, baselines) -> None:
    """A constant ranks every row alike: AUC is 0.5. Its accuracy is what always naming one class gives."""
    record = baselines["majority", task]
    aucs = [row for row in record["metrics"] if row["id"].startswith("roc_auc") and not row["subgroup"]]
    assert aucs and all(row["value"] == 0.5 and row["ci"] == [0.5, 0.5] for row in aucs)


@pytest.mark.parametrize("task", ["T1", "T2"])
def test_the_macro_f1_of_naming_one_class(task: str, baselines) -> None:
    """Macro F1 has no chance level that a constant reaches: naming one class of share p gives 2p/(1+p)/k."""
    record = baselines["majority", task]
    rows = [row for row in record["metrics"] if row["id"] == "f1"]
    named = [row for row in rows if row["value"] > 0]
    share = named[0]["n_pos"] / named[0]["n"]
    expected = 2 * share / (1 + share) / len(rows)
    assert len(named) == 1
    assert _primary(record)["value"] == pytest.approx(expected)


def test_the_score_is_scikit_learns(baseline_run) -> None:
    from sklearn.metrics import f1_score, roc_auc_score

    for path in baseline_run.records:
        record = read_record(path).value
        predictions = read_probe(path.parent / "predictions.parquet")
        y, p = predictions.y, predictions.probabilities
        if record["task"]["primary"] == "f1_macro":
            expected = f1_score(y, p.argmax(axis=1), average="macro")
        elif y.ndim == 2:
            expected = roc_auc_score(y, p, average="macro")
        elif p.shape[1] == 2:
            expected = roc_auc_score(y, p[:, 1])
        else:
            expected = np.mean([roc_auc_score(y == k, p[:, k]) for k in range(p.shape[1])])
        assert _primary(record)["value"] == pytest.approx(expected, abs=1e-10)


def test_stored_replicates_are_those_of_the_record(baseline_run, idefics_run) -> None:
    for path in (*baseline_run.records, *idefics_run.records):
        record = read_record(path)
        replicates = record.replicates()
        for row in record.value["metrics"]:
            if row["sd"] is not None:
                values = replicates[row["key"]]
                assert np.nanstd(values, ddof=1) == pytest.approx(row["sd"], abs=1e-9), (path, row["key"])


def test_comparison_pairs_by_replicates(baseline_run, idefics_run) -> None:
    comparison = medbench.compare(idefics_run.run_dir, baseline_run.run_dir / "image-stats")
    rows = [row for row in comparison.rows if row.primary]
    assert [row.task for row in rows] == PROBES
    assert comparison.only_a == ("NEJM",)
    for row in rows:
        assert row.ci is not None and row.ci[0] < row.difference < row.ci[1]
        assert row.p is not None and row.p_holm is not None and row.p <= row.p_holm
        # √B of the replicates that are defined in both; a few of a rare class are not
        assert row.paper_t is not None and row.paper_z == pytest.approx(row.paper_t / np.sqrt(1000), rel=0.03)
    checked = [row for row in comparison.rows if row.check]
    assert {row.task for row in checked} >= {"T4", "T6"}


def test_the_board_is_the_same_bytes_twice_and_in_any_order(
    baseline_run, idefics_run, tmp_path: Path
) -> None:
    runs = [baseline_run.run_dir, idefics_run.run_dir]
    first = medbench.build_board(runs, tmp_path / "a").read_bytes()
    second = medbench.build_board(runs[::-1], tmp_path / "b").read_bytes()
    assert first == second
    board = json.loads(first)
    Draft7Validator(load_schema("leaderboard")).validate(board)
    assert board["real"]["tasks"] == [] and len(board["synthetic"]["tasks"]) == 9
    overall = board["synthetic"]["overall"]
    assert [(place["model"], place["ranked"]) for place in overall[:1]] == [("idefics-80b", True)]
    assert all(not place["ranked"] for place in overall if place["model"] != "idefics-80b")


def test_nothing_of_a_patient_leaves(baseline_run, idefics_run, sample_root: Path) -> None:
    """No image name, sample id or case text in records, logs, plans, predictions and replicates."""
    names = {path.stem for path in sample_root.rglob("*") if path.suffix in (".jpg", ".jpeg", ".png", ".tif")}
    names |= {path.parent.name for path in sample_root.rglob("IC*")}
    cases = json.loads(next((sample_root / "nejm").glob("*.json")).read_text())
    names |= {case["question"] for case in cases} - {""}
    long_enough = {name.encode() for name in names if len(name) >= 6 and name != "images"}
    assert len(long_enough) > 500
    for run in (baseline_run.run_dir, idefics_run.run_dir):
        for file in run.rglob("*"):
            if file.is_file():
                content = file.read_bytes()
                assert not [name for name in long_enough if name in content], file
