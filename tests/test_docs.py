"""Documents cannot drift: every error code, dependency and command has its place in them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from medbench.cli.main import build_parser

ROOT = Path(__file__).parents[1]


def test_every_error_code_is_explained_and_no_other() -> None:
    sources = [*(ROOT / "medbench").rglob("*.py"), *(ROOT / "plugins").rglob("*.py")]
    raised = {
        code for file in sources for code in re.findall(r'"(MB\d{3})[" ]', file.read_text(encoding="utf-8"))
    }
    explained = set(
        re.findall(r"\*\*(MB\d{3})\*\*", (ROOT / "docs" / "errors.md").read_text(encoding="utf-8"))
    )
    assert raised == explained


def test_every_dependency_says_why() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    names = {re.match(r"[A-Za-z0-9._-]+", line).group() for line in [*project["dependencies"], *extras]}  # type: ignore[union-attr]
    text = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    assert not {name for name in names - {"medbench"} if name not in text}


def test_every_command_is_listed() -> None:
    text = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
    choices = next(action.choices for action in build_parser()._actions if action.dest == "command")
    assert not [name for name in choices if f"`{name}" not in text]


def test_ci_runs_what_the_readme_says() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    script = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    for mark in ("ci:demo", "ci:tests"):
        assert f"<!-- {mark} -->" in readme and mark in script
