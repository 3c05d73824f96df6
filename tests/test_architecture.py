"""Imports run downward only, transitively (docs/architecture.md), and the light entrances stay light."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "medbench"

FLOOR = {"errors", "atomic", "containment", "lingering"}
ALLOWED: dict[str, set[str]] = {
    "errors": set(),
    "atomic": set(),
    "containment": set(),
    "lingering": set(),
    "stats": set(),
    "spec": set(),
    "models": set(),
    "hooks": {"models"},
    "cohort": {"spec"},
    "torchkit": {"models"},
    "probe": {"stats", "spec", "models"},
    "choice": {"stats", "spec", "models"},
    "inference": {"models", "cohort", "spec"},
    "scoring": {"probe", "choice", "stats", "spec", "models"},
    "analysis": {"probe", "scoring", "stats", "spec", "models"},
    "record": {"spec"},
    "board": {"record", "scoring", "stats", "spec"},
    "runner": {
        "hooks", "models", "spec", "cohort", "stats", "torchkit",
        "probe", "choice", "inference", "scoring", "analysis", "record", "launchers",
    },
    "launchers": {"models"},
    "testing": {"models", "inference", "choice"},
}  # fmt: skip
ENTRANCES = {"cli", "api", "__main__", "__init__"}
"""What stands above every room."""

HEAVY = {"torch", "transformers", "accelerate"}


def _room(module: str) -> str | None:
    parts = module.split(".")
    return (parts[1] if len(parts) > 1 else "__init__") if parts[0] == "medbench" else None


def _imports(file: Path) -> list[tuple[str, bool]]:
    """Imported modules, and whether the import is for type checkers only."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    typing_only = {
        id(node)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING"
        for node in ast.walk(block)
    }
    found: list[tuple[str, bool]] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found += [(alias.name, id(node) in typing_only) for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and node.level == 0:
            names = (
                [f"medbench.{alias.name}" for alias in node.names]
                if node.module == "medbench"
                else [node.module]
            )
            found += [(name, id(node) in typing_only) for name in names]
    return found


def _files() -> list[tuple[str, Path]]:
    files = []
    for file in sorted(PACKAGE.rglob("*.py")):
        parts = file.relative_to(PACKAGE).with_suffix("").parts
        files.append((parts[0], file))
    return files


def test_the_table_has_every_room() -> None:
    rooms = {room for room, _ in _files()} - ENTRANCES
    assert rooms <= set(ALLOWED)


@pytest.mark.parametrize(("room", "file"), [(r, f) for r, f in _files() if r not in ENTRANCES], ids=str)
def test_imports_run_downward(room: str, file: Path) -> None:
    for module, _ in _imports(file):
        target = _room(module)
        if target is None or target == room or target in FLOOR:
            continue
        if target in ("__version__", "__init__"):
            continue
        assert target in ALLOWED[room], f"{file} imports {module}"


def test_what_is_allowed_never_runs_in_a_circle() -> None:
    reach = {room: set(below) for room, below in ALLOWED.items()}
    for _ in reach:
        for room in reach:
            reach[room] |= {deeper for below in reach[room] for deeper in reach[below]}
    assert not [room for room in reach if room in reach[room]]
    assert "board" not in reach["runner"]


def test_only_torchkit_a_session_and_the_elastic_launcher_import_torch() -> None:
    homes = {
        str(file.relative_to(PACKAGE))
        for _, file in _files()
        for module, typing_only in _imports(file)
        if module.split(".")[0] in HEAVY and not typing_only
    }
    assert {home for home in homes if not home.startswith("torchkit/")} <= {
        "runner/session.py",
        "launchers/local.py",
    }


def test_hooks_are_imported_at_the_top_alone() -> None:
    users = {room for room, file in _files() for module, _ in _imports(file) if _room(module) == "hooks"}
    assert users <= {"hooks", "runner", "cli", "api"}


def test_no_room_for_odds_and_ends() -> None:
    names = {file.stem for _, file in _files()} | {p.stem for p in (ROOT / "plugins").rglob("*.py")}
    assert not names & {"utils", "util", "helpers", "common", "misc"}
