"""Commands that look, on what medbench ships."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench.spec import benchmarks_folder


def _json(capsys: pytest.CaptureFixture[str], *argv: str):
    assert main([*argv, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_lists(capsys: pytest.CaptureFixture[str]) -> None:
    tasks = _json(capsys, "list", "tasks")
    assert [row["task"] for row in tasks] == ["T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "NEJM"]
    models = {row["model"]: row for row in _json(capsys, "list", "models")}
    assert models["idefics-80b"]["address"] == "HuggingFaceM4/idefics-80b-instruct"
    assert {"clip-vit-b-32", "plip", "image-stats", "random", "majority"} <= set(models)
    assert all(row["state"] == "loaded" for row in _json(capsys, "list", "plugins"))
    assert len(_json(capsys, "list", "sources")) == 14
    suites = {row["suite"]: row["tasks"] for row in _json(capsys, "list", "suites")}
    assert suites["probe"] == [f"T{i}" for i in range(1, 9)]
    assert {"all", "demo", "pathology", "dermatology", "ophthalmology", "radiology"} <= set(suites)


def test_what_ships_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["validate", str(benchmarks_folder())]) == 0
    assert ", 0 faults" in capsys.readouterr().out


def test_validate_shows_every_fault_and_exits_2(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    good = (benchmarks_folder() / "suites" / "all.yaml").read_text()
    (tmp_path / "a.yaml").write_text(good.replace("tasks:", "taks:"))
    (tmp_path / "b.yaml").write_text(good.replace("id: all", "id: 7"))
    assert main(["validate", str(tmp_path)]) == 2
    out = capsys.readouterr().out
    assert "a.yaml:5:1" in out and "did you mean 'tasks'?" in out
    assert "b.yaml:3:1" in out


def test_data_status_names_access(capsys: pytest.CaptureFixture[str], sample_root: Path) -> None:
    rows = _json(capsys, "data", "status", "--data-root", str(sample_root))
    assert {row["state"] for row in rows} == {"ready"}
    rows = _json(capsys, "data", "status", "--task", "T7")
    assert rows[0]["state"] == "missing" and "bimcv" in rows[0]["access"]


def test_data_sample_leaves_foreign_folders_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "nejm").mkdir()
    (tmp_path / "nejm" / "mine.txt").write_text("real")
    assert main(["data", "sample", "--root", str(tmp_path), "--source", "nejm"]) == 3
    assert (tmp_path / "nejm" / "mine.txt").read_text() == "real"
    assert main(["data", "sample", "--root", str(tmp_path), "--source", "aptos-2019"]) == 0


@pytest.mark.parametrize("name", ["task", "suite", "source", "reference", "record", "leaderboard"])
def test_schemas_are_json_schemas(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    from jsonschema import Draft7Validator

    assert main(["schema", name]) == 0
    Draft7Validator.check_schema(json.loads(capsys.readouterr().out))


def test_new_checkpoint_refuses_a_full_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("x")
    assert main(["new", "checkpoint", "--model", "clip-vit-b-32", "--output", str(tmp_path)]) == 2
    assert "not empty" in capsys.readouterr().err
