"""Which modules of a card are not installed, found without importing any."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from medbench.models import ModelCard


def _missing(*names: str) -> list[str]:
    return ModelCard("x", "m:f", frozenset({"generate"}), requires=names).missing_modules()


def test_a_dotted_name_is_looked_for_and_nothing_is_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inner = tmp_path / "loud_package" / "part"
    inner.mkdir(parents=True)
    for folder in (inner.parent, inner):
        (folder / "__init__.py").write_text("1 / 0")
    (inner / "leaf.py").write_text("1 / 0")
    monkeypatch.syspath_prepend(str(tmp_path))
    there = ("loud_package", "loud_package.part", "loud_package.part.leaf")
    assert _missing(*there) == []
    lacking = (
        "loud_package.other",
        "loud_package.part.leaf.deeper",
        "no_such_package.part",
        "no_such_package",
    )
    assert _missing(*there, *lacking) == list(lacking)
    assert "loud_package" not in sys.modules


def test_what_is_loaded_or_built_in_is_there() -> None:
    assert _missing("sys", "__main__", "os.path", "importlib.util", "numpy.linalg") == []
