"""A third party's metric, extractor and task: installed in a fresh environment, tested, run, on the board."""

from __future__ import annotations

import json
import os
import subprocess
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parent / "examples" / "medbench-example-evaluators"


@pytest.fixture(scope="module")
def python(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run ``python`` of a fresh environment in which the package is installed; gives what it prints."""
    place = tmp_path_factory.mktemp("fresh")
    subprocess.run(["cp", "-r", str(EXAMPLE), str(place / "package")], check=True)
    venv.create(place / "venv", with_pip=False)
    [site] = (place / "venv").glob("lib/python*/site-packages")
    (site / "parent.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(place / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("MEDBENCH_CI", None)

    def run(*line: str) -> str:
        command = [str(place / "venv" / "bin" / "python"), *line]
        folder = place / "package"
        done = subprocess.run(
            command, capture_output=True, text=True, cwd=folder, env=environment, check=False
        )
        assert done.returncode == 0, f"{line}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    run("-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", ".")
    return run


def test_its_own_tests_pass(python: Callable[..., str]) -> None:
    assert "passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider")


def test_its_task_is_ranked_by_its_metric_on_the_board(
    python: Callable[..., str], sample_root: Path, tmp_path: Path
) -> None:
    runs, board = tmp_path / "runs", tmp_path / "board"
    line = ["run", "--task", "ExampleGlaucoma", "--data-root", str(sample_root), "--output", str(runs)]
    result = json.loads(python("-m", "medbench", *line, "--model", "image-stats", "--json"))
    assert result["failed"] == result["not_run"] == []
    record = json.loads(Path(result["records"][0]).read_text())
    assert record["environment"]["packages"]["medbench-example-evaluators"] == "0.1.0"
    python("-m", "medbench", "leaderboard", "build", str(runs), "--output", str(board))
    [task] = json.loads((board / "leaderboard.json").read_text())["synthetic"]["tasks"]
    assert (task["task"], task["metric"], task["chance"]) == (
        "ExampleGlaucoma",
        "example:balanced_accuracy",
        0.5,
    )
    assert task["rows"][0]["value"] > 0.6
