"""What tasks, suites and source cards there are, by name: the wheel's, the user's folders', the plugins'."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medbench.errors import SpecError, UsageError, did_you_mean
from medbench.spec.home import benchmarks_folder
from medbench.spec.load import load_task_file
from medbench.spec.local_card import local_card
from medbench.spec.plain import load_plain_file
from medbench.spec.references import Known, is_file
from medbench.spec.suite import load_suite
from medbench.spec.task import Task

__all__ = ["Catalogue", "name_fault"]


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
            return load_task_file(Path(name), self.known)
        task = load_task_file(_lookup(name, self.task_files, "task", "MB002"), self.known)
        if task.id.lower() != name.lower():
            raise name_fault(task.id, task.file)
        return task

    @cached_property
    def known(self) -> Known:
        """Source cards by id, each read when it is asked for."""
        return _Cards(self)

    def cards(self, task: Task) -> dict[str, Mapping[str, Any]]:
        """The card of each source of a task; that of a local source is made from its declaration."""
        return {
            source: local_card(task.data.local[source], task.discipline)
            if source in task.data.local
            else self.known[source]
            for source in task.data.sources
        }

    def suite(self, name: str) -> dict[str, Any]:
        """A suite by name, or by the path of its file.

        Returns:
            ``id``, ``title``, ``tasks``, ``analyses``; where given ``data``, ``models``.
        """
        if name.endswith((".yaml", ".yml")):
            return load_suite(Path(name), list(self.task_files), self.columns)
        file = _lookup(name, self.suite_files, "suite", "MB003")
        suite = load_suite(file, list(self.task_files), self.columns)
        if suite["id"] != file.stem:
            raise name_fault(suite["id"], file)
        return suite

    def columns(self, name: str) -> frozenset[str] | None:
        """Columns of a task's test sources, by their cards; ``None`` where only the data could tell."""
        try:
            task = self.task(name)
        except SpecError:
            return None
        if task.data.local:
            return None
        return frozenset().union(*(self.known[part.source]["columns"] for part in task.data.test))

    def source(self, name: str) -> Mapping[str, Any]:
        """A source card by id: licence, access, ``egress``, ``publish``, ``group_unit`` and so on."""
        return self.known[_lookup(name, self.source_files, "source", "MB017").stem]


class _Cards(Mapping[str, Mapping[str, Any]]):
    """A catalogue's source cards."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._files = catalogue.source_files
        self._read: dict[str, Mapping[str, Any]] = {}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        if name not in self._read:
            card = load_plain_file(self._files[name], "source")
            if card["id"] != name:
                raise name_fault(card["id"], self._files[name])
            self._read[name] = card
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._files)

    def __len__(self) -> int:
        return len(self._files)


def name_fault(found: str, file: Path) -> SpecError:
    """An id is not the name of its file, by which it is looked up (MB304)."""
    message, hint = f"the file's id is {found!r}, its name says {file.stem!r}", "give both the same"
    return SpecError("MB304", message, str(file), hint)


def _lookup(name: str, files: dict[str, Path], what: str, code: str) -> Path:
    by_lower = {stem.lower(): path for stem, path in files.items()}
    if name.lower() not in by_lower:
        hint = did_you_mean(name, files)
        here = next((file for file in _beside(name, what) if is_file(file)), None)
        if here is not None:
            hint = f"{here} is found with --include-path ., or named as --{what} {here}"
        raise UsageError(code, f"unknown {what} {name!r}", hint=hint)
    return by_lower[name.lower()]


def _beside(name: str, what: str) -> tuple[Path, ...]:
    """Where a user who types a name may think that it is looked for."""
    return (Path(f"{name}.yaml"), Path("suites" if what == "suite" else name) / f"{name}.yaml")
