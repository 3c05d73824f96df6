"""What tasks, suites and source cards there are, by name: the wheel's, the user's folders', the plugins'."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import medbench
from medbench.errors import SpecError, UsageError, did_you_mean
from medbench.spec.faults import Fault, raise_faults
from medbench.spec.load import load_plain_file, load_task_file
from medbench.spec.parse import parse_file
from medbench.spec.schema import schema_faults
from medbench.spec.task import Task

__all__ = ["Catalogue", "benchmarks_folder"]


def benchmarks_folder() -> Path:
    """The specs that come with medbench: inside the wheel, or beside the package in a checkout."""
    package = Path(medbench.__file__).parent
    installed = package / "benchmarks"
    return installed if installed.is_dir() else package.parent / "benchmarks"


@dataclass(frozen=True)
class Catalogue:
    """Specs by name. ``folders`` are searched after medbench's own; a name twice is an error."""

    folders: tuple[Path, ...] = ()

    @cached_property
    def task_files(self) -> dict[str, Path]:
        """Spec file of each task id; a file name is the id, ``_`` in front marks a file to extend from."""
        return self._files("*.yaml")

    @cached_property
    def suite_files(self) -> dict[str, Path]:
        """Spec file of each suite."""
        return self._files("suites/*.yaml")

    @cached_property
    def source_files(self) -> dict[str, Path]:
        """Card of each source."""
        return self._files("sources/*.yaml")

    def _files(self, pattern: str) -> dict[str, Path]:
        found: dict[str, Path] = {}
        for folder in dict.fromkeys(folder.resolve() for folder in (benchmarks_folder(), *self.folders)):
            for file in sorted(folder.glob(pattern)):
                if file.stem.startswith("_"):
                    continue
                # names are looked up case-blind, so they must differ by more than case
                other = next((known for known in found if known.lower() == file.stem.lower()), None)
                if other is not None:
                    raise SpecError("MB303", f"{file.stem!r} is also in {found[other]}", where=str(file))
                found[file.stem] = file
        return found

    def task(self, name: str) -> Task:
        """A task by id (case-blind) or by the path of its spec file."""
        if name.endswith((".yaml", ".yml")):
            return load_task_file(Path(name), self.source_files)
        task = load_task_file(_lookup(name, self.task_files, "task", "MB002"), self.source_files)
        if task.id.lower() != name.lower():
            raise SpecError("MB304", f"the file's id is {task.id!r}, its name says {name!r}", str(task.file))
        return task

    def suite(self, name: str) -> dict[str, Any]:
        """A suite by name: ``id``, ``title``, ``tasks``, and where given ``data`` and ``models``."""
        suite = parse_file(_lookup(name, self.suite_files, "suite", "MB003"))
        raise_faults(schema_faults("suite", suite.value, suite.origins))
        known = {task.lower() for task in self.task_files}
        raise_faults(
            Fault(
                suite.origins["tasks", i], "MB305", f"no task {task!r}", did_you_mean(task, self.task_files)
            )
            for i, task in enumerate(suite.value["tasks"])
            if task.lower() not in known
        )
        return suite.value

    def source(self, name: str) -> dict[str, Any]:
        """A source card by id: licence, access, ``egress``, ``publish``, ``group_unit`` and so on."""
        return load_plain_file(_lookup(name, self.source_files, "source", "MB017"), "source")


def _lookup(name: str, files: dict[str, Path], what: str, code: str) -> Path:
    by_lower = {stem.lower(): path for stem, path in files.items()}
    if name.lower() not in by_lower:
        raise UsageError(code, f"unknown {what} {name!r}", hint=did_you_mean(name, files))
    return by_lower[name.lower()]
