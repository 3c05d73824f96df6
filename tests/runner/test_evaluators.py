"""Metrics and extractors of a plugin: used like the built-in ones, believed after a look at copied rows."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import balanced_accuracy_score

from medbench.cli.main import main
from medbench.record import read_record
from medbench.scoring import read_probe

PLUGIN = """
import numpy as np
from medbench.choice import Verdict
from medbench.hooks import hookimpl
from medbench.models import ExtractorCard, MetricCard


def balanced(y, probabilities, counts):
    correct = (probabilities.argmax(axis=1) == y).astype(float)
    def of(weights):
        recalls = [(weights * correct)[y == c].sum() / weights[y == c].sum() for c in np.unique(y)]
        return float(np.mean(recalls))
    with np.errstate(invalid="ignore"):
        return of(np.ones(len(y))), np.array([of(row.astype(float)) for row in counts])


def careless(y, probabilities, counts):
    value, _ = balanced(y, probabilities, counts[:1])
    return value, np.full(len(counts), value)


def raising(y, probabilities, counts):
    raise KeyError("x")


def exits(y, probabilities, counts):
    raise SystemExit(0)


def writes(y, probabilities, counts):
    probabilities[:] = 0.5
    return 0.5, np.full(len(counts), 0.5)


def infinite(y, probabilities, counts):
    return np.inf, np.full(len(counts), np.inf)


def flat(y, probabilities, counts):
    return 0.5, np.full(len(counts), 0.5)


def no_chance(y, k):
    return np.zeros(k + 1)


def first(reply, options):
    return Verdict(0, "answered", "first")


def silent(reply, options):
    return Verdict(None, "answered", "silent")


def leaving(reply, options):
    raise SystemExit(0)


@hookimpl
def medbench_metrics():
    return [
        MetricCard("acme:balanced", "acme_evaluators:balanced", chance=0.5),
        MetricCard("acme:careless", "acme_evaluators:careless"),
        MetricCard("acme:raising", "acme_evaluators:raising"),
        MetricCard("acme:exits", "acme_evaluators:exits"),
        MetricCard("acme:writes", "acme_evaluators:writes"),
        MetricCard("acme:infinite", "acme_evaluators:infinite"),
        MetricCard("acme:no-chance", "acme_evaluators:flat", chance="acme_evaluators:no_chance"),
        MetricCard("acme:loss", "acme_evaluators:balanced", direction="lower"),
    ]


@hookimpl
def medbench_extractors():
    names = ("first", "silent", "leaving")
    return [ExtractorCard(f"acme:{name}/1", f"acme_evaluators:{name}") for name in names]
"""
TASK = """\
schema: medbench.task/1
id: Own
extends: medbench:T6.yaml
title: Glaucoma, by balanced accuracy
metrics: {primary: PRIMARY, report: [roc_auc, PRIMARY]}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    # a module is imported once a process, so each test has one of its own
    stem = f"acme_{tmp_path.name}"
    (tmp_path / f"{stem}.py").write_text(PLUGIN.replace("acme_evaluators", stem))
    return tmp_path


def _run(folder: Path, primary: str, sample_root: Path, cache: Path, capsys, task: str = TASK, *more: str):
    (folder / "Own.yaml").write_text(task.replace("PRIMARY", primary))
    line = ["run", "--task", str(folder / "Own.yaml"), "--data-root", str(sample_root), "--json"]
    line += ["--plugin", str(next(folder.glob("acme_*.py"))), "--output", str(folder / "runs")]
    code = main([*line, "--cache-dir", str(cache), *(more or ("--model", "image-stats"))])
    return code, json.loads(capsys.readouterr().out)


def test_a_plugins_metric_ranks_a_task_and_stands_on_the_board(folder, sample_root, cache, capsys) -> None:
    code, result = _run(folder, "acme:balanced", sample_root, cache, capsys)
    assert code == 0, result
    file = Path(result["records"][0])
    record = read_record(file)
    predictions = read_probe(file.parent / "predictions.parquet")
    expected = balanced_accuracy_score(predictions.y, predictions.probabilities.argmax(axis=1))
    assert record.primary["id"] == "acme:balanced" and record.primary["chance"] == 0.5
    assert record.primary["value"] == pytest.approx(expected, abs=1e-9)
    assert record.primary["ci"][0] < expected < record.primary["ci"][1]
    assert any("acme_" in name for name in record.value["environment"]["packages"])
    board = json.loads((Path(result["run_dir"]) / "board" / "leaderboard.json").read_text())
    [task] = board["synthetic"]["tasks"]
    assert task["metric"] == "acme:balanced" and task["rows"][0]["value"] == record.primary["value"]


@pytest.mark.parametrize(
    ("metric", "said"),
    [
        ("careless", "on copied rows"),
        ("raising", "raised KeyError: 'x'"),
        ("exits", "raised SystemExit"),
        ("writes", "read-only"),
        ("infinite", "an infinite number"),
        ("no-chance", "chance has shape"),
    ],
)
def test_a_metric_that_does_not_count_is_refused(metric, said, folder, sample_root, cache, capsys) -> None:
    code, result = _run(folder, f"acme:{metric}", sample_root, cache, capsys)
    [failure] = result["failed"]
    assert code == 4 and "MB751" in failure["reason"] and said in failure["reason"]


@pytest.mark.parametrize(
    ("metric", "said"), [("other:kappa", "no plugin gives it"), ("acme:loss", "a task ranks by more")]
)
def test_what_is_not_there_or_cannot_rank_is_said_before(
    metric, said, folder, sample_root, cache, capsys
) -> None:
    code, result = _run(folder, metric, sample_root, cache, capsys)
    assert code == 3 and said in result["not_run"][0]["reason"]


def _ask(name: str, folder, sample_root, cache, capsys):
    task = (
        "schema: medbench.task/1\nid: Own\nextends: medbench:NEJM.yaml\ntitle: N\n"
        f"protocols: {{standard: {{extractor: acme:{name}/1}}}}\n"
        f"rulings: {{matching: {{is: acme:{name}/1, because: it is tested here}}}}\n"
    )
    return _run(folder, "", sample_root, cache, capsys, task, "--model", "blind-text")


def test_a_plugins_extractor(folder, sample_root, cache, capsys) -> None:
    code, result = _ask("first", folder, sample_root, cache, capsys)
    assert code == 0, result
    value = read_record(Path(result["records"][0])).value
    assert value["decodings"]["greedy-1"]["extractor"] == "acme:first/1"
    assert value["coverage"]["n_scored"] == value["coverage"]["n_spec"]


@pytest.mark.parametrize(("name", "said"), [("silent", "no verdict"), ("leaving", "raised SystemExit")])
def test_an_extractor_that_gives_no_verdict_is_refused(
    name, said, folder, sample_root, cache, capsys
) -> None:
    code, result = _ask(name, folder, sample_root, cache, capsys)
    [failure] = result["failed"]
    assert code == 4 and "MB752" in failure["reason"] and said in failure["reason"]


def test_misspelt_built_in_names_are_still_found(folder, sample_root, cache, capsys) -> None:
    (folder / "Own.yaml").write_text(TASK.replace("PRIMARY", "roc_acu"))
    assert main(["validate", str(folder / "Own.yaml")]) == 2
    assert "did you mean 'roc_auc'?" in capsys.readouterr().out


def test_the_counts_of_a_metric_are_of_the_plugins_own_making(folder, sample_root, cache, capsys) -> None:
    """The replicates of a plugin's metric pair with another record's as the built-in ones do."""
    code, result = _run(folder, "acme:balanced", sample_root, cache, capsys)
    assert code == 0
    replicates = read_record(Path(result["records"][0])).replicates()
    assert replicates["acme:balanced"].std() > 0 and np.isfinite(replicates["acme:balanced"]).all()
