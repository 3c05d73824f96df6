"""From a third party's package to a row of the board, in a fresh environment.

The environment is made new for each package and has nothing but a pointer to the packages that medbench's own
environment has, so that nothing is downloaded; the plugin is built and installed into it by pip.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Callable
from pathlib import Path

import pytest

from medbench.cli.main import main

EXAMPLE = Path(__file__).parent / "examples" / "medbench-example-model"
MODELS = ("example-model", "her.new-model")


@pytest.fixture(scope="module", params=MODELS)
def model(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(scope="module")
def package(model: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the example, or what ``medbench new plugin`` makes."""
    folder = tmp_path_factory.mktemp("package") / f"medbench-{model}"
    if model == "example-model":
        subprocess.run(["cp", "-r", str(EXAMPLE), str(folder)], check=True)
    else:
        assert main(["new", "plugin", model, "--output", str(folder)]) == 0
    return folder


@pytest.fixture(scope="module")
def python(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Run ``python`` of a fresh environment in which the package is installed; gives what it prints."""
    place = tmp_path_factory.mktemp("fresh")
    venv.create(place / "venv", with_pip=False)
    interpreter = place / "venv" / "bin" / "python"
    [site] = (place / "venv").glob("lib/python*/site-packages")
    (site / "parent.pth").write_text(f"import site; site.addsitedir({sysconfig.get_path('purelib')!r})\n")
    environment = {**os.environ, "XDG_CACHE_HOME": str(place / "cache"), "PYTHONDONTWRITEBYTECODE": "1"}
    environment.pop("MEDBENCH_CI", None)

    def run(*line: str, cwd: Path = place) -> str:
        command = [str(interpreter), *line]
        done = subprocess.run(command, capture_output=True, text=True, cwd=cwd, env=environment, check=False)
        assert done.returncode == 0, f"{line}: {done.stdout[-2000:]}\n{done.stderr[-2000:]}"
        return done.stdout

    run("-m", "pip", "install", "-q", "--no-deps", "--no-build-isolation", "--no-index", str(package))
    return run


def test_it_is_found_and_loads(python: Callable[..., str], model: str) -> None:
    rows = json.loads(python("-m", "medbench", "list", "plugins", "--json"))
    found = next(row for row in rows if model in row["models"])
    assert (found["plugin"], found["package"], found["state"]) == (model, f"medbench-{model} 0.1.0", "loaded")


def test_its_own_tests_pass(python: Callable[..., str], package: Path) -> None:
    assert "passed" in python("-m", "pytest", "-q", "-p", "no:cacheprovider", cwd=package)


def test_it_keeps_the_contract(python: Callable[..., str], model: str) -> None:
    report = json.loads(python("-m", "medbench", "check", model, "--json"))
    assert (report["verdict"], report["counts"]["failed"]) == ("passed", 0)
    assert report["package"] == f"medbench-{model} 0.1.0"


def test_it_gets_a_row_on_the_board(
    python: Callable[..., str], model: str, sample_root: Path, tmp_path: Path
) -> None:
    runs, board = tmp_path / "runs", tmp_path / "board"
    tasks = ["--task", "T6", *(["--task", "NEJM"] if model == "example-model" else [])]
    line = ["run", "--model", model, *tasks, "--data-root", str(sample_root), "--output", str(runs), "--json"]
    result = json.loads(python("-m", "medbench", *line))
    assert (len(result["records"]), result["failed"]) == (len(tasks) // 2, [])
    python("-m", "medbench", "leaderboard", "build", str(runs), "--output", str(board))
    assert f'"{model}"' in (board / "leaderboard.json").read_text()


def test_the_fresh_environment_is_not_ours(python: Callable[..., str], model: str) -> None:
    here = subprocess.run(
        [sys.executable, "-m", "medbench", "list", "models", "--json"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert model not in {row["model"] for row in json.loads(here.stdout)}
