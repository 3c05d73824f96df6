"""Finding plugins: entry points of the group ``medbench``, and files that the user names."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from types import ModuleType

from medbench.errors import UsageError, did_you_mean
from medbench.hooks.guard import OWN_PACKAGE, Guard
from medbench.hooks.manager import Plugins
from medbench.hooks.plugin_info import PluginInfo

__all__ = ["load_plugins"]

GROUP = "medbench"


def load_plugins(
    only: Sequence[str] | None = None,
    files: Sequence[Path] = (),
    third_party: bool = True,
    guard: Guard | None = None,
) -> Plugins:
    """Find and load plugins.

    Args:
        only: entry-point names to load (``MEDBENCH_PLUGINS``); ``None`` loads all.
        files: one-off plugin files (``--plugin FILE``).
        third_party: ``False`` leaves out every package but medbench itself (``--no-plugins``).
        guard: how they are contained; else without a marker, so that a crash is not told at the next start.

    Raises:
        UsageError: a name in ``only`` or a file in ``files`` does not exist.
    """
    plugins = Plugins(guard)
    # medbench's own first, so that no other package can take the place of one
    entries = sorted(
        importlib.metadata.entry_points(group=GROUP),
        key=lambda entry: (_package(entry) != OWN_PACKAGE, entry.name, entry.value),
    )
    known = [entry.name for entry in entries]
    for name in only or ():
        if name not in known:
            raise UsageError("MB004", f"no plugin {name!r}", "MEDBENCH_PLUGINS", did_you_mean(name, known))
    for entry in entries:
        package = _package(entry)
        if (only is not None and entry.name not in only) or (not third_party and package != OWN_PACKAGE):
            continue
        version = entry.dist.version if entry.dist else "?"
        plugins.register(PluginInfo(entry.name, package, version, entry.value), entry.load)
    for file in files:
        if not file.is_file():
            raise UsageError("MB005", "no such plugin file", where=str(file))
        info = PluginInfo(file.stem, str(file), "file", file.stem)
        plugins.register(info, partial(_load_file, file))
    return plugins


def _package(entry: importlib.metadata.EntryPoint) -> str:
    return entry.dist.name if entry.dist else "?"


def _load_file(file: Path) -> ModuleType:
    """Import a file as the module of its name, so that a card's opener ``"name:callable"`` finds it."""
    _refuse_taken_name(file)
    spec = importlib.util.spec_from_file_location(file.stem, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is not a Python file")
    module = importlib.util.module_from_spec(spec)
    sys.modules[file.stem] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        del sys.modules[file.stem]
        raise
    return module


def _refuse_taken_name(file: Path) -> None:
    loaded = sys.modules.get(file.stem)
    spec = loaded.__spec__ if loaded else importlib.util.find_spec(file.stem)
    origin = spec.origin if spec else None
    if (loaded or spec) and (origin is None or Path(origin).resolve() != file.resolve()):
        raise ImportError(f"a module {file.stem!r} is there already; give the file another name")
