"""``medbench new task``, and a hospital's own folder: no Python, one YAML file, one line to run."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medbench.cli.main import main
from medbench.cohort.source import SAMPLE_MARK
from medbench.errors import DataError
from medbench.record import read_record
from medbench.spec import Catalogue, load_schema


@pytest.fixture(scope="module")
def spots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new task. Read it; never write to it."""
    folder = tmp_path_factory.mktemp("new") / "Spots"
    assert main(["new", "task", "Spots", "--output", str(folder)]) == 0
    return folder


def _run(task: str, folder: Path, tmp_path: Path, capsys, *more: str):
    line = ["run", "--task", task, "--include-path", str(folder), "--model", "image-stats", "--json"]
    code = main([*line, "--cache-dir", str(tmp_path / "cache"), "--output", str(tmp_path / "runs"), *more])
    result = json.loads(capsys.readouterr().out)
    assert code == 0, result
    return read_record(Path(result["records"][0])).value


def _table(folder: Path) -> list[dict[str, str]]:
    with (folder / "labels.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_what_is_written(spots: Path) -> None:
    lines = (spots / "Spots.yaml").read_text(encoding="utf-8").splitlines()
    assert lines[:2] == [
        "# yaml-language-server: $schema=task.schema.json",
        "# $schema: task.schema.json",
    ]
    assert len([line for line in lines if not line.startswith("#")]) <= 22
    assert json.loads((spots / "task.schema.json").read_text(encoding="utf-8")) == load_schema("task")
    rows = _table(spots)
    assert sorted(p.name for p in (spots / "images").iterdir()) == sorted(row["image"] for row in rows)
    assert len(rows) == 60
    patients = [row["patient"] for row in rows]
    assert {patients.count(patient) for patient in patients} == {2, 3}
    assert {row["finding"] for row in rows} == {"benign", "malignant"}


def test_it_is_valid_and_says_where_its_data_is(spots: Path, capsys) -> None:
    assert main(["validate", str(spots)]) == 0
    assert main(["explain", str(spots / "Spots.yaml")]) == 0
    capsys.readouterr()
    assert main(["data", "status", "--task", "Spots", "--include-path", str(spots), "--json"]) == 0
    (row,) = json.loads(capsys.readouterr().out)
    (source,) = row["sources"]
    assert (source["source"], row["state"], row["why"], row["licence"]) == (
        "spots",
        "ready",
        "",
        "not stated",
    )


def test_the_same_bytes_every_time(spots: Path, tmp_path: Path) -> None:
    assert main(["new", "task", "Spots", "-o", str(tmp_path / "x")]) == 0
    assert main(["new", "task", "Other", "-o", str(tmp_path / "y")]) == 0
    files = {p.relative_to(spots): p.read_bytes() for p in spots.rglob("*") if p.is_file()}
    again = {p: (tmp_path / "x" / p).read_bytes() for p in files}
    assert again == files
    for path in (p for p in files if p.suffix in (".csv", ".png")):
        assert (tmp_path / "y" / path).read_bytes() == files[path]


def test_it_runs_at_once_and_its_record_says_synthetic(spots: Path, tmp_path: Path, capsys) -> None:
    record = _run("Spots", spots, tmp_path, capsys)
    cohort = record["cohort"]
    assert (cohort["synthetic"], cohort["group_unit"], record["division"]) == (True, "patient", "official")
    assert cohort["counts"]["test"]["groups"] == 7 and cohort["counts"]["train"]["groups"] == 17
    score = next(m["value"] for m in record["metrics"] if m["id"] == "roc_auc")
    assert 0.6 < score < 1
    text = json.dumps(record)
    assert "p01" not in text and "spot-" not in text


def test_a_run_beside_the_spec_finds_its_record_again(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "Spots"
    assert main(["new", "task", "Spots", "-o", str(folder)]) == 0
    capsys.readouterr()
    beside = ("--output", str(folder / "runs"), "--cache-dir", str(folder / "cache"))
    first = _run("Spots", folder, tmp_path, capsys, *beside)
    assert _run("Spots", folder, tmp_path, capsys, *beside)["created"] == first["created"]
    assert len(list((folder / "cache" / "cohorts").iterdir())) == 1


@pytest.mark.parametrize("name", ["1x", "a b", "../x", "_x", "x.yaml", "X.YML", "é", "a/b", "a\n", "-"])
def test_names_that_no_task_can_have(name: str, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "task", "--output", str(tmp_path / "x"), "--", name]) == 2
    assert "MB024" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["T1", "nejm"])
def test_names_that_are_taken(name: str, tmp_path: Path, capsys) -> None:
    assert main(["new", "task", name, "-o", str(tmp_path / "x")]) == 2
    assert "MB025" in capsys.readouterr().err


def test_names_that_are_taken_on_an_include_path(spots: Path, tmp_path: Path, capsys) -> None:
    line = ["new", "task", "SPOTS", "-o", str(tmp_path / "x"), "--include-path", str(spots)]
    assert main(line) == 2 and "'Spots'" in capsys.readouterr().err


def test_a_name_like_a_source_gets_another_source_id(tmp_path: Path) -> None:
    assert main(["new", "task", "MOST", "-o", str(tmp_path / "x")]) == 0
    assert Catalogue((tmp_path / "x",)).task("MOST").data.sources == ("most-own",)
    assert main(["new", "task", "My_lab.v2", "-o", str(tmp_path / "y")]) == 0
    assert Catalogue((tmp_path / "y",)).task("My_lab.v2").data.sources == ("my-lab-v2",)


def test_the_folder_is_new_or_empty_and_named_after_the_task(tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "Spots").mkdir()
    assert main(["new", "task", "Spots", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["task"], said["path"], len(said["files"])) == ("Spots", "Spots", 64)
    assert {"Spots.yaml", "labels.csv", "task.schema.json", SAMPLE_MARK} < set(said["files"])
    assert main(["new", "task", "Spots"]) == 2
    assert "MB018" in capsys.readouterr().err
    assert [p.name for p in tmp_path.iterdir()] == ["Spots"]


def test_what_it_prints_is_what_to_type(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "with space"
    assert main(["new", "task", "Spots", "-o", str(folder)]) == 0
    out = capsys.readouterr().out
    assert f"medbench validate '{folder}/Spots.yaml'" in out
    assert f"medbench run --task Spots --include-path '{folder}' --model image-stats" in out


def test_a_failure_leaves_nothing_behind(tmp_path: Path, monkeypatch) -> None:
    from medbench.cohort.samples import own_task

    def fail(*_: object) -> None:
        raise DataError("MB601", "no")

    monkeypatch.setattr(own_task, "save_table", fail)
    assert main(["new", "task", "Spots", "-o", str(tmp_path / "x")]) == 3
    assert not list(tmp_path.iterdir())


SPEC = """\
schema: medbench.task/1
id: Ward3
extends: medbench:_probe.yaml
title: Effusions on ward 3
discipline: radiology
data:
  sources:
    ward3:
      reader: image-csv
      table: list.csv
      folder: scans
      image: file
      patient: person
      split: use
  train: [{source: ward3, parts: [train]}]
  test: [{source: ward3, parts: [test]}]
  label: {column: effusion, classes: ["0", "1"]}
metrics: {primary: roc_auc, report: [roc_auc]}
report_by: [sex]
"""


def _ward(folder: Path) -> None:
    rng = np.random.default_rng(3)
    (folder / "scans").mkdir(parents=True)
    (folder / "Ward3.yaml").write_text(SPEC)
    lines = ["file;person;use;effusion;sex"]
    for number in range(60):
        level = 90 + 30 * (number % 2) + int(rng.normal(0, 25))
        pixels = np.clip(rng.normal(level, 5, (32, 32)), 0, 255).astype(np.uint8)
        Image.fromarray(pixels).save(folder / "scans" / f"{number:03d}.png")
        part = "test" if number >= 40 else "train"
        lines.append(f"{number:03d};p{number // 2};{part};{number % 2};{'mf'[number // 2 % 2]}")
    (folder / "list.csv").write_text("\n".join(lines) + "\n")


def test_a_hospitals_own_folder_runs_without_python(tmp_path: Path, capsys) -> None:
    _ward(tmp_path / "ward")
    assert main(["validate", str(tmp_path / "ward")]) == 0
    capsys.readouterr()
    record = _run("Ward3", tmp_path / "ward", tmp_path, capsys)
    assert record["cohort"]["synthetic"] is False
    assert {name: c["rows"] for name, c in record["cohort"]["counts"].items()} == {"train": 40, "test": 20}
    assert next(m["value"] for m in record["metrics"] if m["id"] == "roc_auc") > 0.5


def test_a_mistake_in_the_table_is_said_in_words(tmp_path: Path, capsys) -> None:
    folder = tmp_path / "ward"
    _ward(folder)
    text = (folder / "list.csv").read_text().replace("003;p1;train;", "003;p1;test;")
    (folder / "list.csv").write_text(text)
    line = ["run", "--task", "Ward3", "--include-path", str(folder), "--model", "image-stats"]
    assert main([*line, "--cache-dir", str(tmp_path / "c"), "--output", str(tmp_path / "r")]) == 3
    out = "".join(capsys.readouterr())
    assert "MB632" in out and "list.csv, row 4 and list.csv, row 5" in out and "Traceback" not in out
