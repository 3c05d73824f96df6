"""``medbench new plugin``: what it writes, and refused names. That it works: ``test_example_package``."""

from __future__ import annotations

import ast
import json
import tomllib
from pathlib import Path

import pytest

from medbench.cli.main import main


def test_the_package(tmp_path: Path, capsys, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "plugin", "medbench-cell-colours", "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["model"], said["path"]) == ("cell-colours", "medbench-cell-colours")
    assert {
        "pyproject.toml",
        "README.md",
        ".github/workflows/test.yml",
        "src/medbench_cell_colours/model.py",
        "src/medbench_cell_colours/plugin.py",
        "src/medbench_cell_colours/py.typed",
        "tests/test_contract.py",
    } <= set(said["files"])
    files = [file for file in Path(said["path"]).rglob("*") if file.is_file()]
    texts = {file.name: file.read_text() for file in files}
    assert not [name for name, text in texts.items() if "$name" in text or "$module" in text]
    entry = tomllib.loads(texts["pyproject.toml"])["project"]["entry-points"]["medbench"]
    assert entry == {"cell-colours": "medbench_cell_colours.plugin"}
    assert "${{ matrix.python }}" in texts["test.yml"]


def test_the_model_has_thirty_lines_of_code(tmp_path: Path) -> None:
    assert main(["new", "plugin", "mine", "--output", str(tmp_path / "p")]) == 0
    source = (tmp_path / "p" / "src" / "medbench_mine" / "model.py").read_text()
    tree = ast.parse(source)
    code = {node.lineno for node in ast.walk(tree) if isinstance(node, ast.stmt)}
    docs = {
        node.body[0].lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef) and ast.get_docstring(node)
    }
    assert len(code - docs) <= 30


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("My-Model", "MB741"),
        ("a b", "MB741"),
        ("../up", "MB741"),
        ("a--b", "MB741"),
        ("-a", "MB0"),
        ("plip", "MB742"),
        ("flamingo-80b", "MB742"),
        ("baselines", "MB742"),
    ],
)
def test_names_that_are_refused(name: str, code: str, tmp_path: Path, capsys, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["new", "plugin", name]) == 2
    assert code in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_overwritten(tmp_path: Path, capsys) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    assert main(["new", "plugin", "mine", "--output", str(tmp_path)]) == 2
    assert "MB018" in capsys.readouterr().err
    assert [file.name for file in tmp_path.iterdir()] == ["mine.txt"]
