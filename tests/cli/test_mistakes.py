"""A user's mistake gets the nearest name and exit code 2, never a traceback."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.cli.main import main

MISTAKES = [
    ("run --model idefcs-80b --suite all", "idefics-80b"),
    ("run --model plip --suite al", "'all'"),
    ("run --model plip --task T55", "'T5'"),
    ("run --modle plip --suite all", "--model"),
    ("rnu --model plip", "'run'"),
    ("run --model plip --suite all --protocol standart", "'standard'"),
    ("run --model plip --suite all --model-args pth=x", "'path'"),
    ("run --model plip --suite all --model-args path", "key=value"),
    ("run --model plip --suite all --model-args path=a path=b", "twice"),
    ("run --model plip --suite all --model-args download=maybe", "yes or no"),
    ("run --suite all", "--model"),
    ("run --model plip", "--suite"),
    ("run --model plip --suite all --data-root /nowhere", "/nowhere"),
    ("run --model plip --suite all --batch-size x", "whole number"),
    ("run --model plip --suite all --limit 0", "whole number"),
    ("run --model plip --suite all --limit", "--limit"),
    ("run --suite demo --model-args path=x", "--model"),
    ("run --model majority --suite all --model-args path=x", "'path'"),
    ("list modles", "'models'"),
    ("explain T55", "'T5'"),
    ("explain T5 --protocol papr", "'paper'"),
    ("validate /nowhere", "/nowhere"),
    ("compare /nowhere /nowhere", "/nowhere"),
    ("leaderboard build /nowhere -o out", "/nowhere"),
    ("leaderboard biuld", "'build'"),
    ("data sample", "--root"),
    ("data sample --root out --source nejn", "'nejm'"),
    ("new checkpoint --model majority --output out", "no weights"),
    ("new checkpoint --model clip-vit-b32 --output out", "clip-vit-b-32"),
    ("--plugin /nowhere.py list models", "/nowhere.py"),
    ("list tasks --include-path /nowhere", "/nowhere"),
]


FILE_FOR_FOLDER = [
    "run --suite demo --output file --cache-dir file",
    "data sample --root file",
    "new checkpoint --model clip-vit-b-32 --output file/x",
    "leaderboard build record.json --output file",
]


@pytest.mark.parametrize("line", FILE_FOR_FOLDER)
def test_a_file_where_a_folder_is_expected(line: str, capsys, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "file").write_text("mine")
    (tmp_path / "record.json").write_text("{}")
    assert main(line.split()) == 2
    error = capsys.readouterr().err
    assert "MB" in error and "Traceback" not in error
    assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(("line", "said"), MISTAKES, ids=[line for line, _ in MISTAKES])
def test_mistake(
    line: str, said: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(line.split()) == 2
    error = capsys.readouterr().err
    assert said in error
    assert "Traceback" not in error
    assert not list(tmp_path.iterdir()), "a mistake leaves nothing behind"


def test_options_take_an_underscore_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["run", "--model", "plip", "--suite", "all", "--model_args", "pth=x"]) == 2
    assert "pth" in capsys.readouterr().err


def test_global_options_stand_before_or_after_the_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--json", "list", "suites"]) == 0
    before = capsys.readouterr().out
    assert main(["list", "suites", "--json"]) == 0
    assert capsys.readouterr().out == before
    assert before.startswith("[")


def test_unknown_plugin_name_in_the_environment(monkeypatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("MEDBENCH_PLUGINS", "idefcs")
    assert main(["list", "models"]) == 2
    assert "'idefics'" in capsys.readouterr().err
