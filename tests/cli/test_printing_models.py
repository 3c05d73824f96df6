"""A model that prints does not get into what ``run`` prints."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medbench.cli.main import main

TOY = str(Path(__file__).parents[1] / "testing" / "toy_model.py")


@pytest.mark.parametrize("model", ["prints", "prints-python"])
def test_json_stays_json(model: str, sample_root: Path, tmp_path: Path, capfd) -> None:
    line = ["--plugin", TOY, "run", "--model", model, "--task", "T6", "--limit", "40", "--json"]
    folders = ["--data-root", str(sample_root), "--output", str(tmp_path / "runs")]
    assert main([*line, *folders, "--cache-dir", str(tmp_path / "cache")]) == 0
    captured = capfd.readouterr()
    assert len(json.loads(captured.out)["records"]) == 1
    assert "loading shard 1/1" in captured.err
