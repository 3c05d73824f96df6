"""What is ready runs, the rest is listed with its reason; exit codes say which."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

import medbench
from medbench.cli.main import main


def test_nothing_there_exits_3_at_once(tmp_path: Path) -> None:
    line = [sys.executable, "-m", "medbench", "run", "--model", "idefics-80b", "--suite", "all"]
    begin = time.monotonic()
    done = subprocess.run(
        line, capture_output=True, text=True, cwd=tmp_path, env={"HOME": str(tmp_path), "PATH": ""}
    )
    assert done.returncode == 3
    assert time.monotonic() - begin < 5
    for address in ("zenodo.org", "kaggle.com", "bimcv", "nda.nih.gov", "nejm.org"):
        assert address in done.stdout
    assert "weights" in done.stdout and "path=DIR" in done.stdout
    assert not list(tmp_path.rglob("runs"))


@pytest.fixture
def two_tasks(sample_root: Path, tmp_path: Path) -> Path:
    root = tmp_path / "data"
    root.mkdir()
    for source in ("pannuke", "siim-isic-2020"):
        shutil.copytree(sample_root / source, root / source)
    return root


def test_data_for_two_tasks_runs_those_two(two_tasks: Path, cache: Path, tmp_path: Path, capsys) -> None:
    line = ["run", "--model", "majority", "--suite", "all", "--data-root", str(two_tasks), "--json"]
    assert main([*line, "--output", str(tmp_path / "runs"), "--cache-dir", str(cache)]) == 0
    result = json.loads(capsys.readouterr().out)
    assert len(result["records"]) == 2
    assert len(result["not_run"]) == 7
    assert all(row["reason"] for row in result["not_run"])


def test_a_named_task_that_is_not_ready_exits_3(two_tasks: Path, cache: Path, tmp_path: Path) -> None:
    result = medbench.run(
        "majority", tasks=["T2", "T5"], data_root=two_tasks, output=tmp_path / "r", cache_dir=cache
    )
    assert (result.exit_code, len(result.records)) == (3, 1)


def test_strict_runs_nothing(two_tasks: Path, cache: Path, tmp_path: Path) -> None:
    result = medbench.run(
        "majority", suite="all", data_root=two_tasks, output=tmp_path / "r", cache_dir=cache, strict=True
    )
    assert (result.exit_code, result.records) == (3, ())
    assert not (tmp_path / "r").exists()


def test_dry_run_writes_nothing(two_tasks: Path, cache: Path, tmp_path: Path) -> None:
    result = medbench.run(
        "majority", suite="all", data_root=two_tasks, output=tmp_path / "r", cache_dir=cache, dry_run=True
    )
    assert (result.exit_code, result.records, len(result.not_run)) == (0, (), 7)
    assert not (tmp_path / "r").exists()


def test_a_partial_source_is_refused_unless_allowed(two_tasks: Path, cache: Path, tmp_path: Path) -> None:
    images = sorted((two_tasks / "siim-isic-2020").rglob("*.jpg"))
    images[0].unlink()
    options = {"tasks": "T4", "data_root": two_tasks, "output": tmp_path / "r", "cache_dir": cache}
    refused = medbench.run("majority", **options)
    assert (refused.exit_code, refused.records) == (3, ())
    assert "--allow-missing" in refused.not_run[0]["reason"]
    allowed = medbench.run("majority", allow_missing=True, **options)
    assert allowed.exit_code == 0
    record = json.loads(allowed.records[0].read_text())
    assert record["division"] == "open" and "images missing" in record["deviations"][0]


def test_limit_makes_an_open_record_that_pairs_with_no_whole_one(
    two_tasks: Path, cache: Path, tmp_path: Path
) -> None:
    options = {"tasks": "T2", "data_root": two_tasks, "cache_dir": cache}
    whole = medbench.run("majority", output=tmp_path / "a", **options)
    part = medbench.run("majority", output=tmp_path / "b", limit=20, **options)
    record = json.loads(part.records[0].read_text())
    assert record["division"] == "open"
    assert record["cohort"]["counts"]["test"]["rows"] == 20
    with pytest.raises(medbench.errors.UsageError, match="cannot be paired"):
        medbench.compare(whole.run_dir, part.run_dir)


def test_a_damaged_image_fails_its_task_alone(two_tasks: Path, tmp_path: Path) -> None:
    images = sorted((two_tasks / "siim-isic-2020").rglob("*.jpg"))
    images[0].write_bytes(images[0].read_bytes()[:200])
    result = medbench.run(
        "majority", tasks=["T2", "T4"], data_root=two_tasks, output=tmp_path / "r", cache_dir=tmp_path / "c"
    )
    assert result.exit_code == 1
    assert [row["task"] for row in result.failed] == ["T4"]
    assert len(result.records) == 1
