"""``medbench explain``: words, origins, defaults, what sets protocols apart, rulings."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.main import main
from medbench.spec import benchmarks_folder

TASKS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "NEJM")


def _json(capsys: pytest.CaptureFixture[str], *argv: str) -> dict[str, Any]:
    assert main(["explain", *argv, "--json"]) == 0
    value: dict[str, Any] = json.loads(capsys.readouterr().out)
    return value


def test_where_each_value_was_written(capsys: pytest.CaptureFixture[str]) -> None:
    explained = _json(capsys, "T5")
    origins = {row["key"]: row["origin"] for row in explained["values"]}
    assert origins["data.split.test_fraction"].startswith("T5.yaml:")
    assert origins["protocols.standard.probe.lbfgs.folds"].startswith("_probe.yaml:")
    assert origins["protocols.paper.tap.decoder_block"].startswith("_paper.yaml:")
    assert origins["discipline"].startswith("_ophthalmology.yaml:")
    assert len(explained["digest"]) == 64


@pytest.mark.parametrize("task", TASKS)
def test_every_origin_leads_to_the_value_or_is_the_default(
    task: str, capsys: pytest.CaptureFixture[str]
) -> None:
    rows = _json(capsys, task)["values"]
    assert any(row["origin"] == "default" for row in rows)
    for row in rows:
        if row["origin"] == "default":
            continue
        file, _, line = row["origin"].rpartition(":")
        text = (benchmarks_folder() / file).read_text(encoding="utf-8").splitlines()[int(line) - 1]
        assert row["key"].rpartition(".")[2] in text, row


def test_a_value_written_nowhere_is_a_default(capsys: pytest.CaptureFixture[str]) -> None:
    origins = {row["key"]: (row["value"], row["origin"]) for row in _json(capsys, "T1")["values"]}
    assert origins["data.label.multilabel"] == (False, "default")
    assert origins["protocols.standard.replicates"] == ("matched", "default")


def test_t7_says_its_label_rule_and_every_protocol(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "T7"]) == 0
    said = capsys.readouterr().out
    assert "every value of findings with more than 50 positives in the test part" in said
    assert "ceil(0.3 x patients with a row whose method is Physician) is test" in said
    for protocol in ("standard", "standard-select", "paper", "paper-as-run"):
        assert f"\n{protocol} " in said
    assert "What paper changes against standard" in said
    assert "What paper-as-run changes against paper" in said
    assert "data.label.classes.more_than is 50, not 30: the condition in MP" in said


def test_what_sets_paper_apart(capsys: pytest.CaptureFixture[str]) -> None:
    paper = _json(capsys, "T1", "--protocol", "paper")["protocols"]["paper"]
    apart = {row["key"]: (row["base"], row["value"]) for row in paper["differs_from_standard"]}
    assert apart["tap.encoder_output"] == ("pooled", "projected")
    assert apart["probe.solver.decoders"] == ("lbfgs", "adam")
    assert apart["image.normalise"] == ("none", "image-max")
    assert apart["probe.lbfgs.folds"] == (5, None)
    assert "wording" not in apart and "image.max_side" not in apart, "said again, and the same"


def test_settings_of_a_solver_that_is_not_used_are_no_difference(capsys: pytest.CaptureFixture[str]) -> None:
    paper = _json(capsys, "T7", "--protocol", "paper")["protocols"]["paper"]
    assert not [row for row in paper["differs_from_standard"] if row["key"].startswith("probe.sgd")]


def test_one_protocol_hides_the_others(capsys: pytest.CaptureFixture[str]) -> None:
    explained = _json(capsys, "NEJM", "--protocol", "paper")
    assert list(explained["protocols"]) == ["paper"]
    shown = {row["key"].split(".")[1] for row in explained["values"] if row["key"].startswith("protocols.")}
    assert shown == {"paper"}


def test_every_line_is_whole_in_a_pipe(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "NEJM"]) == 0
    lines = capsys.readouterr().out.splitlines()
    [digest] = [line for line in lines if line.startswith("digest")]
    assert len(digest.split()[1]) == 64
    assert not [line for line in lines if line != line.rstrip()]


def test_a_task_of_ones_own_has_no_rulings_of_the_paper(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Mine.yaml").write_text(
        "schema: medbench.task/1\nid: Mine\nextends: medbench:_probe.yaml\ntitle: M\ndiscipline: other\n"
        "data:\n  train: [{source: mine, parts: [train]}]\n  test: [{source: mine, parts: [test]}]\n"
        "  sources: {mine: {reader: image-folder, levels: [split, grade]}}\n"
        "  label: {column: grade, classes: [a, b]}\nmetrics: {primary: roc_auc, report: [roc_auc]}\n"
    )
    explained = _json(capsys, str(tmp_path / "Mine.yaml"))
    assert explained["rulings"] == {} and explained["reference"] == {"file": None, "scores": 0}
    assert explained["words"]["train"] == "mine (train only)"
