"""``medbench.toml``: a user's settings, which stand between the command line and the specs."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from medbench.spec.defaults import fill_defaults
from medbench.spec.faults import Fault, Origin, nearest, raise_faults
from medbench.spec.parse import Document, Key
from medbench.spec.parse_toml import parse_toml
from medbench.spec.references import is_file
from medbench.spec.schema import load_schema, schema_faults

__all__ = ["CONFIG_NAME", "Config", "RunDefaults", "find_config", "load_config"]

CONFIG_NAME = "medbench.toml"

LINE_ONLY = ("limit", "seed", "allow-missing", "allow-egress")
"""Options of ``run`` that change a score, open a record or let data out: whoever runs says so each time."""


@dataclass(frozen=True)
class RunDefaults:
    """``[run]``: what ``medbench run`` does where its line says nothing; no ``batch_size`` is automatic."""

    protocol: str = "standard"
    batch_size: int | None = None
    devices: tuple[str, ...] = ()
    strict: bool = False


@dataclass(frozen=True)
class Config:
    """Settings; every path is absolute. Without a file: what holds when nothing is said.

    Attributes:
        sources: folder of a source, by source id.
        models: ``--model-args`` of a model, by its name as written.
        origins: where each key was written.
    """

    file: Path | None = None
    data_root: Path | None = None
    output: Path | None = None
    cache_dir: Path | None = None
    include_path: tuple[Path, ...] = ()
    sources: Mapping[str, Path] = field(default_factory=dict)
    run: RunDefaults = field(default_factory=RunDefaults)
    models: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    origins: Mapping[Key, Origin] = field(default_factory=dict)

    def fault(self, path: Key, code: str, message: str, hint: str = "") -> Fault:
        """A fault at the place where ``path`` was written."""
        return Fault(nearest(self.origins, path), code, message, hint)


def find_config(start: Path) -> Path | None:
    """The ``medbench.toml`` of a folder, or else of the nearest folder above it that has one."""
    folder = start.absolute()
    files = (above / CONFIG_NAME for above in (folder, *folder.parents))
    return next((file for file in files if is_file(file)), None)


def load_config(file: Path) -> Config:
    """Read settings; paths in them are relative to the file's folder, and ``~`` is the user's home.

    Raises:
        SpecError: it cannot be read (MB1xx) or breaks its schema (MB2xx).
    """
    document = parse_toml(file.absolute())
    value, origins = document.value, document.origins
    schema = load_schema("config")
    faults = list(_hyphens(value, (), schema["properties"], origins))
    if isinstance(value.get("run"), dict):
        known = [*schema["properties"]["run"]["properties"], *LINE_ONLY]
        faults += [*_hyphens(value["run"], ("run",), known, origins), *_line_only(document)]
    raise_faults([*faults, *schema_faults("config", value, origins)])
    fill_defaults(value, schema)
    return _build(document)


def _hyphens(
    table: dict[str, Any], path: Key, known: Collection[str], origins: dict[Key, Origin]
) -> Iterator[Fault]:
    """Write ``data_root`` as ``data-root``, in place; both together are a fault."""
    for key in [key for key in table if "_" in key]:
        name, where = key.replace("_", "-"), nearest(origins, (*path, key))
        if name not in known:
            continue
        if name in table:
            yield Fault(where, "MB104", f"{name!r} stands twice, as {name} and as {key}")
        table[name] = table.pop(key)
        origins[(*path, name)] = where


def _line_only(document: Document) -> Iterator[Fault]:
    run = document.value["run"]
    for key in [key for key in run if key in LINE_ONLY]:
        del run[key]
        where = nearest(document.origins, ("run", key))
        hint = "it changes what a record may claim, so it is said on the command line: --" + key
        yield Fault(where, "MB203", f"unknown key {key!r}", hint)


def _build(document: Document) -> Config:
    value, run = document.value, document.value["run"]
    paths = _paths(document)
    models = {
        name: {key: _argument(paths.get(("models", name, key), item)) for key, item in table.items()}
        for name, table in value["models"].items()
    }
    return Config(
        file=document.file,
        data_root=paths.get(("data-root",)),
        output=paths.get(("output",)),
        cache_dir=paths.get(("cache-dir",)),
        include_path=tuple(paths["include-path", i] for i in range(len(value["include-path"]))),
        sources={source: paths["sources", source] for source in value["sources"]},
        run=RunDefaults(
            protocol=run["protocol"],
            batch_size=None if run["batch-size"] == "auto" else run["batch-size"],
            devices=tuple(run["devices"]),
            strict=run["strict"],
        ),
        models=models,
        origins=document.origins,
    )


def _argument(value: str | bool | Path) -> str:
    return ("yes" if value else "no") if isinstance(value, bool) else str(value)


def _paths(document: Document) -> dict[Key, Path]:
    """Every path in the settings, absolute."""
    made: dict[Key, Path] = {}
    faults: list[Fault] = []
    for path, text in _path_texts(document.value):
        try:
            made[path] = document.file.parent / _expanded(text)
        except ValueError as fault:
            faults.append(Fault(nearest(document.origins, path), "MB207", str(fault)))
    raise_faults(faults)
    return made


def _expanded(text: str) -> Path:
    if "\0" in text:
        raise ValueError("no path holds a NUL character")
    try:
        return Path(text).expanduser()
    except RuntimeError:
        raise ValueError(f"no home folder for {text!r}") from None


def _path_texts(value: Mapping[str, Any]) -> Iterator[tuple[Key, str]]:
    for key in ("data-root", "output", "cache-dir"):
        if key in value:
            yield (key,), value[key]
    for index, folder in enumerate(value["include-path"]):
        yield ("include-path", index), folder
    for source, folder in value["sources"].items():
        yield ("sources", source), folder
    for name, table in value["models"].items():
        if "path" in table:
            yield ("models", name, "path"), table["path"]
