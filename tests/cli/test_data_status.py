"""``data status`` and ``data prepare``: one line a task, true to what lies there."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.main import main
from medbench.cohort import read_cohort
from medbench.cohort.source import SAMPLE_MARK


def _json(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["data", *argv, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.fixture
def aptos(sample_root: Path, tmp_path: Path) -> Path:
    """A data root with T5's sources."""
    for source in ("eyepacs-2015", "aptos-2019"):
        shutil.copytree(sample_root / source, tmp_path / "data" / source)
    return tmp_path / "data"


def _status(capsys, root: Path, cache: Path, task: str = "T5") -> Any:
    code, rows = _json(capsys, "status", "--task", task, "--data-root", str(root), "--cache-dir", str(cache))
    assert code == 0
    (row,) = rows
    assert row["task"] == task
    return row


def test_one_line_a_task_with_its_sources(capsys, sample_root: Path, tmp_path: Path) -> None:
    begin = time.perf_counter()
    _, rows = _json(capsys, "status", "--data-root", str(sample_root), "--cache-dir", str(tmp_path / "cache"))
    assert time.perf_counter() - begin < 10
    assert sorted(row["task"] for row in rows) == ["NEJM", *(f"T{i}" for i in range(1, 9))]
    assert {row["state"] for row in rows} == {"ready"}
    t5 = next(row for row in rows if row["task"] == "T5")
    assert [source["source"] for source in t5["sources"]] == ["eyepacs-2015", "aptos-2019"]
    assert all(source["access"] and source["licence"] for row in rows for source in row["sources"])
    assert not (tmp_path / "cache" / "cohorts").exists()


def test_missing_names_the_source_that_is_missing_and_where_to_ask(
    capsys, aptos: Path, tmp_path: Path
) -> None:
    shutil.rmtree(aptos / "aptos-2019")
    row = _status(capsys, aptos, tmp_path / "cache")
    assert row["state"] == "missing" and row["why"].startswith("aptos-2019: no folder")
    assert [source["state"] for source in row["sources"]] == ["ready", "missing"]
    assert "aptos" in row["access"] and "diabetic-retinopathy" not in row["access"]


def test_partial_when_images_are_missing(capsys, aptos: Path, tmp_path: Path) -> None:
    for file in sorted((aptos / "aptos-2019" / "train_images").iterdir())[:3]:
        file.unlink()
    row = _status(capsys, aptos, tmp_path / "cache")
    assert (row["state"], row["why"]) == ("partial", "partial source aptos-2019: 3 of 90 images missing")
    assert [source["state"] for source in row["sources"]] == ["ready", "partial"]


def test_partial_when_a_part_is_absent(capsys, aptos: Path, tmp_path: Path, monkeypatch) -> None:
    from dataclasses import replace

    from medbench.cohort.sources import aptos_2019

    real = aptos_2019.read
    monkeypatch.setattr(
        aptos_2019,
        "read",
        lambda root, options: replace(real(root, options), absent_parts=("no test images",)),
    )
    row = _status(capsys, aptos, tmp_path / "cache")
    assert (row["state"], row["why"]) == ("partial", "partial source aptos-2019: no test images")


def test_altered_when_files_changed_since_the_cohort_was_prepared(
    capsys, aptos: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache"
    prepare = ["prepare", "--task", "T5", "--data-root", str(aptos), "--cache-dir", str(cache)]
    assert _json(capsys, *prepare)[0] == 0
    assert _status(capsys, aptos, cache)["state"] == "ready"
    table = aptos / "aptos-2019" / "train.csv"
    lines = table.read_text().splitlines()
    table.write_text("\n".join(lines[:-1]) + "\n")
    row = _status(capsys, aptos, cache)
    assert row["state"] == "altered" and "changed since" in row["why"]
    # it stays so until the user says that the change is meant
    assert _status(capsys, aptos, cache)["state"] == "altered"
    assert _json(capsys, *prepare)[0] == 0
    assert _status(capsys, aptos, cache)["state"] == "ready"


def test_altered_when_the_counts_are_not_the_stated_ones(capsys, sample_root: Path, tmp_path: Path) -> None:
    for source in ("nct-crc-he-100k", "crc-val-he-7k"):
        shutil.copytree(sample_root / source, tmp_path / "data" / source)
        (tmp_path / "data" / source / SAMPLE_MARK).unlink()
    row = _status(capsys, tmp_path / "data", tmp_path / "cache", "T1")
    assert row["state"] == "altered" and "100000 expected" in row["why"].replace(",", "")


def test_altered_when_a_table_cannot_be_read(capsys, aptos: Path, tmp_path: Path) -> None:
    (aptos / "aptos-2019" / "train.csv").write_text("name,grade\n1,2\n")
    row = _status(capsys, aptos, tmp_path / "cache")
    assert row["state"] == "altered" and "MB602" in row["why"]


def test_prepare_says_what_is_in_and_what_was_left_out(capsys, aptos: Path, tmp_path: Path) -> None:
    argv = ["prepare", "--task", "T5", "--task", "T1", "--data-root", str(aptos)]
    argv += ["--cache-dir", str(tmp_path / "cache"), "--output", str(tmp_path / "out")]
    code, rows = _json(capsys, *argv)
    assert code == 3
    assert [(row["task"], row["state"]) for row in rows] == [("T5", "prepared"), ("T1", "missing")]
    cohort = read_cohort(tmp_path / "out" / "T5")
    assert rows[0]["counts"] == cohort.counts() and rows[0]["digest"] == cohort.digest
    assert rows[0]["exclusions"]["eyepacs-2015"] == {"a subject whose right image is unreadable": 2}
    assert main(["data", *argv]) == 3
    out = capsys.readouterr().out
    assert cohort.digest[:12] in out and "2 a subject whose" in out


def test_prepare_refuses_a_partial_source_unless_told(capsys, aptos: Path, tmp_path: Path) -> None:
    next((aptos / "aptos-2019" / "train_images").iterdir()).unlink()
    argv = ["prepare", "--task", "T5", "--data-root", str(aptos), "--cache-dir", str(tmp_path / "cache")]
    code, (row,) = _json(capsys, *argv)
    assert (code, row["state"]) == (3, "refused") and "MB610" in row["why"]
    code, (row,) = _json(capsys, *argv, "--allow-missing")
    assert (code, row["state"]) == (0, "prepared") and "1 of 90 images missing" in row["why"]


def test_prepare_writes_nothing_into_a_source(capsys, aptos: Path, tmp_path: Path) -> None:
    argv = ["data", "prepare", "--task", "T5", "--data-root", str(aptos), "--cache-dir", str(tmp_path / "c")]
    assert main([*argv, "--output", str(aptos / "aptos-2019" / "cohorts")]) == 2
    assert "MB642" in capsys.readouterr().err
    assert not (aptos / "aptos-2019" / "cohorts").exists()
