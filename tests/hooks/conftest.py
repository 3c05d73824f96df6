"""Plugin files and pretended installed packages."""

from __future__ import annotations

import importlib.metadata
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent

import pytest

HEAD = """\
from medbench.hooks import hookimpl
from medbench.models import ModelCard

def card(name, **more):
    return ModelCard(name=name, opener="nowhere:open", capabilities=frozenset({"activations"}), **more)

"""


@pytest.fixture
def plugin_file(tmp_path: Path) -> Iterator[Callable[[str, str], Path]]:
    """Write ``NAME.py``, with ``hookimpl`` and ``card(name)`` at hand."""
    made: list[str] = []

    def write(name: str, body: str) -> Path:
        file = tmp_path / f"{name}.py"
        file.write_text(HEAD + dedent(body))
        made.append(name)
        return file

    yield write
    for name in made:
        if str(getattr(sys.modules.get(name), "__file__", "")).startswith(str(tmp_path)):
            del sys.modules[name]


class _Distribution(importlib.metadata.Distribution):
    def __init__(self, name: str) -> None:
        self._name = name

    def read_text(self, filename: str) -> str | None:
        return (
            f"Metadata-Version: 2.1\nName: {self._name}\nVersion: 1.2\n" if filename == "METADATA" else None
        )

    def locate_file(self, path: object) -> Path:
        return Path(str(path))


@pytest.fixture
def install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, plugin_file: Callable[[str, str], Path]
) -> Callable[..., None]:
    """Pretend that a package with one plugin is installed beside medbench's own."""
    real = importlib.metadata.entry_points
    added: list[importlib.metadata.EntryPoint] = []
    monkeypatch.syspath_prepend(str(tmp_path))

    def entry_points(**selected: str) -> importlib.metadata.EntryPoints:
        found = list(real(**selected))
        return importlib.metadata.EntryPoints(
            [*found, *added] if selected == {"group": "medbench"} else found
        )

    monkeypatch.setattr(importlib.metadata, "entry_points", entry_points)

    def add(name: str, body: str, package: str = "") -> None:
        module = f"installed_{package or name}_{name}".replace("-", "_")
        plugin_file(module, body)
        entry = importlib.metadata.EntryPoint(name, module, "medbench")
        vars(entry)["dist"] = _Distribution(package or f"pkg-{name}")
        added.append(entry)

    return add
