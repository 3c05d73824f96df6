"""``medbench validate``: every fault, at its place, in three formats."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench.spec import benchmarks_folder

PLANTED = """\
schema: medbench.task/1
id: X1
kind: probe
title: A task
colour: red
discipline: radiolgy
data:
  train: [{source: oai, parts: [a]}]
  tset: [{source: oai, parts: [b]}]
  label: {column: side, classes: [left, right]}
image: {max_side: "1024"}
prompt: {wordings: {general: What?}}
metrics: {primary: roc_auc, report: [roc_auc]}
protocols:
  standard:
    tap: {decoder_depth: 0.4, encoder_output: pooled}
    probe:
      solver: {decoders: lbfgs, encoders: lbfgs}
      lbfgs: {standardise: train, C: [0.1, 1], folds: 5, select: one-standard-error, max_iter: 9, tol: 0.1}
"""
EXPECTED = [(5, 1, "MB203"), (6, 1, "MB205"), (9, 3, "MB203"), (11, 9, "MB204")]


@pytest.fixture
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "X1.yaml"
    file.write_text(PLANTED)
    return file


def test_five_planted_faults_are_those_faults(planted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(planted), "--format", "json"]) == 2
    found = json.loads(capsys.readouterr().out)
    assert [(f["line"], f["column"], f["code"]) for f in found["faults"]] == EXPECTED
    assert {f["file"] for f in found["faults"]} == {"X1.yaml"}
    assert found["faults"][2]["hint"] == "did you mean 'test'?"
    assert (found["checked"], found["files"]) == (1, 1)
    planted.write_text(PLANTED.replace("title: A task", "title: A task\nid: X2"))
    assert main(["validate", str(planted), "--json"]) == 2
    [twice] = json.loads(capsys.readouterr().out)["faults"]
    assert (twice["line"], twice["code"]) == (5, "MB104")


def test_text_has_the_line_and_a_caret(planted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(planted)]) == 2
    lines = capsys.readouterr().out.splitlines()
    at = lines.index("X1.yaml:9:3 MB203 unknown key 'tset'; did you mean 'test'?")
    assert lines[at + 1 : at + 3] == ["      tset: [{source: oai, parts: [b]}]", "      ^"]
    assert lines[-1] == "1 files checked, 4 faults in 1 files"


def test_github_annotations_are_escaped(planted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted.write_text("a: 1\n100%: 2\n")
    assert main(["validate", str(planted), "--format", "github"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert all(line.startswith("::error file=X1.yaml,line=") for line in lines)
    assert any("'100%25'" in line for line in lines)


def test_the_chain_of_an_extended_file(planted: Path, capsys: pytest.CaptureFixture[str]) -> None:
    planted.rename(planted.with_name("_base.yaml"))
    planted.with_name("X2.yaml").write_text("id: X2\nextends: _base.yaml\n")
    assert main(["validate", ".", "--json"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert [(f["file"], f["via"]) for f in faults][:1] == [
        ("_base.yaml", [{"file": "X2.yaml", "line": 2, "column": 1}])
    ]


def test_what_ships_is_clean(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(benchmarks_folder())]) == 0
    assert ", 0 faults" in capsys.readouterr().out


def test_sources_and_a_suites_tasks_are_looked_up(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "suites").mkdir()
    (tmp_path / "suites" / "mine.yaml").write_text(
        "schema: medbench.suite/1\nid: mine\ntitle: M\ntasks: [T5, T55]\n"
    )
    (tmp_path / "X1.yaml").write_text("extends: medbench:T5.yaml\nid: X1\ndata: {train: [eyepacs]}\n")
    assert main(["validate", str(tmp_path), "--json"]) == 2
    faults = json.loads(capsys.readouterr().out)["faults"]
    assert {fault["code"] for fault in faults} == {"MB305", "MB306"}


def test_the_meaning_of_a_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", "mb203"]) == 0
    assert "unknown key" in capsys.readouterr().out
    assert main(["explain", "MB999"]) == 2
    assert "MB026" in capsys.readouterr().err
