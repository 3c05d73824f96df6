"""Every fault of one file, whatever it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Container
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.cli.validate_own_data import WHOLE_FILE, own_data
from medbench.errors import SpecError, UserError
from medbench.spec.faults import Fault, Origin

if TYPE_CHECKING:
    from medbench.hooks import Plugins
    from medbench.spec import Catalogue, Task

__all__ = ["WHOLE_FILE", "Checker"]

PLAIN = ("source", "reference")


@dataclass
class Checker:
    """Checks the files of one command.

    Attributes:
        catalogue: what ``--include-path``, ``medbench.toml`` and plugins bring; asked for when it is needed.
        plugins: those that are loaded, for the models that a suite or ``medbench.toml`` names.
        everything: no installed plugin is left out, so that a model that none knows does not exist.
        around: that and a folder's own sources and suites, by folder.
        notes: what was not looked at, and why.
    """

    catalogue: Callable[[], Catalogue]
    plugins: Callable[[], Plugins]
    everything: bool = True
    around: dict[Path, Catalogue] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def faults(self, file: Path, folder: Path) -> list[Fault]:
        """All faults of the first stage that finds any.

        Args:
            folder: where the file's sources and suites are looked for.
        """
        try:
            if file.suffix == ".json":
                _check_result(file)
            elif file.suffix == ".toml":
                self._check_settings(file)
            else:
                return self._spec_faults(file, folder)
        except SpecError as error:
            return _each(error, file)
        return []

    def _spec_faults(self, file: Path, folder: Path) -> list[Fault]:
        from medbench.spec.parse import parse_file

        schema = _schema(parse_file(file).value)
        if file.name.startswith("_") and schema not in (*PLAIN, "suite"):
            return _part_faults(file)
        specs = self._specs(folder)
        clashes = _clashes(specs)
        try:
            task = _check_spec(file, schema, specs, clashes)
        except SpecError as error:
            return [*clashes.values(), *_each(error, file)]
        found, note = own_data(task) if task and not clashes else ([], "")
        self.notes += [note] if note else []
        found += self._model_faults(file) if schema == "suite" else []
        return [*clashes.values(), *found]

    def _check_settings(self, file: Path) -> None:
        from medbench.cli.config_checks import check_protocol, check_sources, model_tables
        from medbench.spec.config import load_config

        config = load_config(file)
        specs = self.catalogue()
        check_protocol(config, specs)
        check_sources(config, specs)
        model_tables(config, self.plugins(), self.everything)

    def _model_faults(self, file: Path) -> list[Fault]:
        from medbench.spec.parse import parse_file

        document, faults = parse_file(file), []
        for index, model in enumerate(document.value.get("models") or ()):
            try:
                self.plugins().model(model if isinstance(model, str) else model["name"])
            except UserError as fault:
                faults.append(Fault(document.origins["models", index], fault.code, fault.message, fault.hint))
        return faults if self.everything else []

    def _specs(self, folder: Path) -> Catalogue:
        from medbench.spec import Catalogue, benchmarks_folder

        if folder not in self.around:
            # medbench's own specs lean on no others, so they are the same wherever they are checked
            own = folder.resolve().is_relative_to(benchmarks_folder().resolve())
            self.around[folder] = Catalogue() if own else Catalogue((*self.catalogue().folders, folder))
        return self.around[folder]


def _check_result(file: Path) -> None:
    from medbench.record import read_analysis, read_record

    schema = _schema_of_json(file)
    if schema == "leaderboard":
        _check_board(file)
    elif schema == "analysis":
        read_analysis(file)
    else:
        read_record(file)


def _schema_of_json(file: Path) -> str:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        return ""
    return _schema(value) if isinstance(value, dict) else ""


def _check_board(file: Path) -> None:
    from medbench.spec.faults import raise_faults
    from medbench.spec.parse import parse_file
    from medbench.spec.schema import schema_faults

    # JSON is YAML, and the YAML reader knows the line of each key
    document = parse_file(file)
    raise_faults(schema_faults("leaderboard", document.value, document.origins))


def _check_spec(file: Path, schema: str, specs: Catalogue, clashes: Container[str]) -> Task | None:
    """Raises what is wrong with the file; gives the task, where it is one."""
    from medbench.spec import load_plain_file, load_task_file, name_fault
    from medbench.spec.suite import load_suite

    task = None
    if schema in PLAIN:
        value = load_plain_file(file, schema)
        found, files = value.get("id", ""), specs.source_files if schema == "source" else {}
    elif schema == "suite":
        known = None if "task_files" in clashes else specs
        value = load_suite(file, list(known.task_files) if known else None, known.columns if known else None)
        found, files = value["id"], {} if "suite_files" in clashes else specs.suite_files
    else:
        task = load_task_file(file, None if "source_files" in clashes else specs.known)
        found = task.id
        files = {} if "task_files" in clashes else specs.task_files
    # a task at a path is used as it is; what is found by its name must have it
    if file.stem in files and found.lower() != file.stem.lower():
        raise name_fault(found, file)
    return task


def _part_faults(file: Path) -> list[Fault]:
    """A file to extend from may lack keys; what it has must be right, and what it extends must be there."""
    from medbench.spec import resolve_file
    from medbench.spec.schema import schema_faults

    resolved = resolve_file(file)
    found = schema_faults("task", resolved.value, resolved.origins)
    return [fault for fault in found if fault.code != "MB202"]


def _clashes(specs: Catalogue) -> dict[str, Fault]:
    """The names that two files have, by what cannot be looked up by name then."""
    found: dict[str, Fault] = {}
    for what in ("task_files", "suite_files", "source_files"):
        try:
            getattr(specs, what)
        except SpecError as error:
            found[what] = _each(error, Path(error.where))[0]
    return found


def _schema(value: dict[str, Any]) -> str:
    return str(value.get("schema", "")).partition("/")[0].removeprefix("medbench.")


def _each(error: SpecError, file: Path) -> list[Fault]:
    details = [fault for fault in error.details if isinstance(fault, Fault)]
    if details:
        return details
    place = Origin(Path(error.where or file), WHOLE_FILE, WHOLE_FILE)
    return [Fault(place, error.code, error.message, error.hint)]
