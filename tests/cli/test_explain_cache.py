"""``medbench explain-cache``: the keys that a run reads, and what it would compute."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from medbench.cli.main import main


def _explained(capsys: pytest.CaptureFixture[str], root: Path, cache: Path, *more: str) -> tuple[int, Any]:
    capsys.readouterr()
    line = ["--model", "image-stats", "--data-root", str(root), "--cache-dir", str(cache), "--json", *more]
    code = main(["explain-cache", *line])
    return code, json.loads(capsys.readouterr().out)


def test_before_and_after_a_run(capsys, sample_root: Path, tmp_path: Path) -> None:
    cache, task = tmp_path / "cache", ("--task", "T6")
    code, before = _explained(capsys, sample_root, cache, *task)
    assert code == 0
    [stage] = before["stages"]
    assert stage["taps"] == ["pooled"] and stage["missing"] > 100 and stage["fault"] is None
    assert not (cache / "store").exists()
    line = ["--model", "image-stats", "--data-root", str(sample_root), "--cache-dir", str(cache)]
    assert main(["run", *line, *task, "--output", str(tmp_path / "runs")]) == 0
    [after] = _explained(capsys, sample_root, cache, *task)[1]["stages"]
    assert after == {**stage, "missing": 0}
    [folder] = (cache / "store").iterdir()
    assert after["digest"].startswith(folder.name)
    assert json.loads((folder / "key.json").read_text()) == after["key"]


def test_the_key_is_the_same_for_every_task_and_batch_size(capsys, sample_root: Path, tmp_path: Path) -> None:
    first = _explained(capsys, sample_root, tmp_path, "--task", "T6")[1]["stages"]
    other = _explained(capsys, sample_root, tmp_path, "--task", "T1", "--batch-size", "3", "-o", "x")[1][
        "stages"
    ]
    assert first[0]["digest"] == other[0]["digest"] and first[0]["key"] == other[0]["key"]


def test_words_name_what_makes_the_key(capsys, sample_root: Path, tmp_path: Path) -> None:
    line = ["--model", "image-stats", "--data-root", str(sample_root), "--cache-dir", str(tmp_path)]
    assert main(["explain-cache", *line, "--task", "T6"]) == 0
    said = capsys.readouterr().out
    for words in ("rows would be computed", "identity.numerics_version", "preparation.decoder", "batch size"):
        assert words in said


def test_without_data_it_says_what_run_would_say(capsys, tmp_path: Path) -> None:
    line = ["--model", "image-stats", "--task", "T6", "--cache-dir", str(tmp_path), "--no-config", "--json"]
    capsys.readouterr()
    assert main(["explain-cache", *line]) == 3
    said = json.loads(capsys.readouterr().out)
    assert said["stages"] == [] and said["not_run"][0]["state"] == "missing"
