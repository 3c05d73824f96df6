"""``medbench validate``: all faults, each at its place, in three formats."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.main import main
from medbench.spec import benchmarks_folder, load_schema

TASK = """\
schema: medbench.task/1
id: Mine
kind: probe
extends: base.yaml
title: A task of one's own
discipline: radiology
data:
  train: [{source: oai, parts: [a]}]
  test: [{source: oai, parts: [b]}]
  label: {column: side, classes: ["left", "right"]}
statistics: {replicates: 1000}
metrics: {primary: roc_auc, report: [roc_auc]}
"""
BASE = "extends: medbench:_probe.yaml\nimage: {max_side: 512}\n"
CARD = (benchmarks_folder() / "sources" / "oai.yaml").read_text(encoding="utf-8")
SUITE = "schema: medbench.suite/1\nid: mine\ntitle: Mine\ntasks: [Mine, T1]\n"

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Write a text, some of it replaced, into the folder of the command; its path is relative."""
    monkeypatch.chdir(tmp_path)

    def _write(name: str, text: str, *changes: tuple[str, str]) -> Path:
        for old, new in changes:
            assert old in text
            text = text.replace(old, new, 1)
        file = Path(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
        return file

    _write("base.yaml", BASE)
    return _write


@pytest.fixture
def faults(capsys: pytest.CaptureFixture[str]) -> Callable[..., list[tuple[Any, ...]]]:
    """File, line, column and code of every fault."""

    def _faults(*paths: Path | str) -> list[tuple[Any, ...]]:
        code = main(["validate", *map(str, paths), "--json"])
        found = json.loads(capsys.readouterr().out)["faults"]
        assert code == (2 if found else 0)
        return [(fault["file"], fault["line"], fault["column"], fault["code"]) for fault in found]

    return _faults


def test_five_planted_faults_are_found_and_no_other(write: Write, capsys) -> None:
    file = write(
        "Mine.yaml",
        TASK,
        ("discipline: radiology", "discipline: radiolgy\nlicense: none"),
        ("  test:", "  tset:"),
        ("replicates: 1000", 'replicates: "1000"'),
    )
    assert main(["validate", str(file)]) == 2
    heads = [line for line in capsys.readouterr().out.splitlines() if not line.startswith(" ")]
    # a misspelt key and the lack of the key that it hides are one fault
    assert [head.partition("; ")[0] for head in heads[:-1]] == [
        'Mine.yaml:6:1 MB205 discipline is "radiolgy"',
        "Mine.yaml:7:1 MB203 unknown key 'license'",
        "Mine.yaml:10:3 MB203 unknown key 'tset'",
        'Mine.yaml:12:14 MB204 statistics.replicates is "1000", expected integer',
    ]
    assert "did you mean 'test'?" in heads[2]
    assert heads[-1] == "1 file checked, 4 faults in 1 file"


def test_a_key_twice_is_a_stage_of_its_own(write: Write, faults) -> None:
    file = write("Mine.yaml", TASK, ("kind: probe", "kind: probing\nkind: probe"))
    assert faults(file) == [("Mine.yaml", 4, 1, "MB104")]


def test_who_extends_the_file_with_the_fault(write: Write, capsys) -> None:
    file = write("Mine.yaml", TASK)
    write("base.yaml", BASE, ("max_side", "max_sied"))
    assert main(["validate", str(file)]) == 2
    assert capsys.readouterr().out.splitlines() == [
        "base.yaml:2:9 MB203 unknown key 'max_sied'; did you mean 'max_side'?",
        "    image: {max_sied: 512}",
        "            ^",
        "    extended by Mine.yaml:4:1",
        "1 file checked, 1 fault in 1 file",
    ]


def test_a_fault_that_two_tasks_share_is_one(write: Write, faults) -> None:
    write("base.yaml", BASE, ("max_side", "max_sied"))
    write("Mine.yaml", TASK)
    write("Other.yaml", TASK, ("id: Mine", "id: Other"))
    assert faults(".") == [("base.yaml", 2, 9, "MB203")]


def test_json(write: Write, capsys) -> None:
    file = write("Mine.yaml", TASK)
    write("base.yaml", BASE, ("max_side", "max_sied"))
    for line in (["--json"], ["--format", "json"]):
        assert main(["validate", str(file), *line]) == 2
        assert json.loads(capsys.readouterr().out) == {
            "checked": 1,
            "skipped": 0,
            "notes": [],
            "faults": [
                {
                    "file": "base.yaml",
                    "line": 2,
                    "column": 9,
                    "code": "MB203",
                    "message": "unknown key 'max_sied'",
                    "why": "",
                    "hint": "did you mean 'max_side'?",
                    "via": [{"file": "Mine.yaml", "line": 4, "column": 1}],
                }
            ],
        }


def test_annotations_escape_what_github_reads(write: Write, capsys) -> None:
    write("base.yaml", BASE, ("max_side", "max_sied"))
    file = write("a,b:50%.yaml", TASK, ("kind: probe", 'kind: "50%"'))
    assert main(["validate", str(file), "--format", "github"]) == 2
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith('::error file=a%2Cb%3A50%25.yaml,line=3,col=1,title=MB205::kind is "50%25"; ')
    assert lines[1].startswith("::error file=base.yaml,line=2,col=9,title=MB203::unknown key 'max_sied'; ")
    assert lines[1].endswith("%0Aextended by a,b:50%25.yaml:4:1")
    assert len(lines) == 3


def test_json_and_another_format_contradict(write: Write, capsys) -> None:
    assert main(["validate", "base.yaml", "--json", "--format", "github"]) == 2
    assert "MB010" in capsys.readouterr().err


def test_sources_and_suites_beside_a_task_are_known(write: Write, faults) -> None:
    write("Mine.yaml", TASK, ("source: oai", "source: ward"), ("source: oai", "source: ward"))
    write("suites/mine.yaml", SUITE)
    assert faults(".") == [("Mine.yaml", 8, 11, "MB306"), ("Mine.yaml", 9, 10, "MB306")]
    write("sources/ward.yaml", CARD, ("id: oai", "id: ward"))
    assert faults(".") == []
    assert faults("suites/mine.yaml") == []
    write("suites/mine.yaml", SUITE, ("T1", "T22"))
    assert faults("suites/mine.yaml") == [("suites/mine.yaml", 4, 15, "MB305")]


def test_a_name_twice_does_not_hide_other_faults(write: Write, faults) -> None:
    write("T1.yaml", TASK, ("id: Mine", "id: T1"), ("column: side", "column: sied"))
    assert faults(".") == [("T1.yaml", None, None, "MB303"), ("T1.yaml", 10, 11, "MB312")]


def test_other_files_of_a_folder_are_counted_and_named_ones_are_checked(write: Write, capsys) -> None:
    write("Mine.yaml", TASK)
    write("compose.yaml", "services: {}\n")
    write(".github/workflows/ci.yml", "on: push\n")
    assert main(["validate", "."]) == 0
    # base.yaml has no schema of its own
    assert capsys.readouterr().out == "1 file checked, 0 faults; 2 other YAML files skipped\n"
    assert main(["validate", "compose.yaml"]) == 2
    assert "MB203 unknown key 'services'" in capsys.readouterr().out


def test_a_spec_that_does_not_parse_is_not_skipped(write: Write, faults) -> None:
    write("Mine.yaml", TASK, ("title: A", "title: {A"))
    assert [code for *_, code in faults(".")] == ["MB103"]


def test_a_file_to_extend_from_may_lack_keys(write: Write, faults) -> None:
    assert faults(write("_base.yaml", BASE)) == []
    assert faults(write("_base.yaml", BASE, ("max_side: 512", "max_side: big"))) == [
        ("_base.yaml", 2, 9, "MB204")
    ]


def test_results(write: Write, faults) -> None:
    record = write("record.json", "{}")
    assert faults(record) == [("record.json", None, None, "MB220")]
    board: dict[str, Any] = {"schema": "medbench.leaderboard/1", "suite": "all", "records": 0}
    empty = {key: [] for key in load_schema("leaderboard")["properties"]["real"]["required"]}
    file = write("leaderboard.json", json.dumps({**board, "real": empty, "synthetic": empty}, indent=2))
    assert faults(file) == []
    write(
        "leaderboard.json", json.dumps({**board, "records": "0", "real": empty, "synthetic": empty}, indent=2)
    )
    assert faults(file) == [("leaderboard.json", 4, 3, "MB204")]


def test_settings(write: Write, faults) -> None:
    assert faults(write("settings.toml", "[run]\nstrict = 1\n")) == [("settings.toml", 2, 1, "MB204")]


def test_paths_outside_the_folder_are_whole(write: Write, faults, tmp_path: Path, monkeypatch) -> None:
    write("Mine.yaml", TASK, ("radiology", "radiolgy"))
    (tmp_path / "inner").mkdir()
    monkeypatch.chdir(tmp_path / "inner")
    assert faults("../Mine.yaml")[0][0] == str(tmp_path / "Mine.yaml")


def test_a_file_named_twice_is_checked_once(write: Write, capsys, tmp_path: Path) -> None:
    write("Mine.yaml", TASK)
    assert main(["validate", "Mine.yaml", str(tmp_path / "Mine.yaml"), "."]) == 0
    assert capsys.readouterr().out.startswith("1 file checked")


def test_a_folder_without_specs_says_so(write: Write, capsys) -> None:
    assert main(["validate", "."]) == 2
    error = capsys.readouterr().err
    assert "MB015" in error and "YAML files" in error


def test_a_task_found_by_its_name_must_have_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = (benchmarks_folder() / "T6.yaml").read_text().replace("extends: _", "extends: medbench:_")
    (tmp_path / "Glaucoma.yaml").write_text(text.replace("reference: reference/T6.yaml", ""))
    assert main(["validate", str(tmp_path)]) == 2
    assert "MB304 the file's id is 'T6', its name says 'Glaucoma'" in capsys.readouterr().out
