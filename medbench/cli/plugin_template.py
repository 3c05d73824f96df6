"""The files of a new plugin package, from the templates in the wheel."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from string import Template

import medbench

__all__ = ["PluginName", "write_plugin"]

TEMPLATES = Path(__file__).parents[1] / "templates" / "plugin"
SUFFIX = ".template"
MOVED = {"workflow": ".github/workflows"}
"""Folders that are hidden in the package and not here, where a build might leave them out."""


@dataclass(frozen=True)
class PluginName:
    """A model's name and what follows from it.

    >>> PluginName("cell-colours").package, PluginName("cell-colours").module
    ('medbench-cell-colours', 'medbench_cell_colours')
    """

    model: str

    @property
    def package(self) -> str:
        """Name of the distribution."""
        return f"medbench-{self.model}"

    @property
    def module(self) -> str:
        """Name of the import package."""
        return self.package.replace("-", "_").replace(".", "_")


def write_plugin(folder: Path, name: PluginName) -> None:
    """Write a package into an empty folder: pyproject, module, tests, README and CI."""
    words = {
        "name": name.model, "package": name.package, "module": name.module, "version": medbench.__version__
    }  # fmt: skip
    for template in sorted(TEMPLATES.rglob(f"*{SUFFIX}")):
        first, *rest = template.relative_to(TEMPLATES).parts
        place = folder / MOVED.get(first, first).removesuffix(SUFFIX)
        for part in rest:
            place = place / (name.module if part == "module" else part.removesuffix(SUFFIX))
        place.parent.mkdir(parents=True, exist_ok=True)
        text = template.read_text(encoding="utf-8")
        place.write_text(Template(text).substitute(words), encoding="utf-8")
