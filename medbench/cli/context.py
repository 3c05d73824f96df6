"""What commands share: settings, catalogue, plugins, cache and data, as line and ``medbench.toml`` say."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.hooks import PluginInfo, Plugins
    from medbench.spec import Catalogue
    from medbench.spec.config import Config

__all__ = [
    "cache_folder",
    "catalogue",
    "data_root",
    "every_plugin",
    "plugins",
    "say_settings",
    "settings",
    "source_paths",
    "wants_json",
]


def settings(arguments: argparse.Namespace) -> Config:
    """The ``medbench.toml`` that ``--config`` names, else the nearest from this folder upward.

    Raises:
        UsageError: ``--config`` together with ``--no-config``.
        SpecError: the file is invalid.
    """
    from medbench.spec.config import Config, find_config, load_config

    named: Path | None = getattr(arguments, "config", None)
    none = getattr(arguments, "no_config", False)
    if named and none:
        raise UsageError("MB010", "--config and --no-config contradict each other", where="--no-config")
    if "settings" not in arguments:
        file = None if none else named.expanduser() if named else find_config(Path.cwd())
        arguments.settings = load_config(file) if file else Config()
    found: Config = arguments.settings
    return found


def say_settings(arguments: argparse.Namespace) -> None:
    """One line on standard error when a ``medbench.toml`` is read."""
    file = settings(arguments).file
    if file is not None:
        print(f"settings from {file}", file=sys.stderr)


def plugins(arguments: argparse.Namespace, say: bool = True) -> Plugins:
    """Loaded plugins, as ``--plugin``, ``--no-plugins`` and ``MEDBENCH_PLUGINS`` say.

    Args:
        say: one line on standard error for each plugin that is broken, when that shows.
    """
    from medbench.hooks import Guard, load_plugins

    named = os.environ.get("MEDBENCH_PLUGINS")
    only = [name.strip() for name in named.split(",") if name.strip()] if named is not None else None
    guard = Guard(lambda: _marker_folder(arguments), _say_fault if say else None)
    # a variable that is set to nothing names no plugin: that of --no-plugins, not a medbench without models
    third_party = not getattr(arguments, "no_plugins", False) and only != []
    return load_plugins(only or None, getattr(arguments, "plugin", []), third_party, guard)


def _say_fault(info: PluginInfo) -> None:
    print(f"medbench: {info} is left out: {info.fault}", file=sys.stderr)


def _marker_folder(arguments: argparse.Namespace) -> Path:
    """``--cache-dir`` or the user's cache folder; no settings are read before plugins are loaded."""
    import platformdirs

    given: Path | None = getattr(arguments, "cache_dir", None)
    return given.expanduser() if given else Path(platformdirs.user_cache_dir("medbench", appauthor=False))


def every_plugin(arguments: argparse.Namespace) -> bool:
    """Neither ``--no-plugins`` nor ``MEDBENCH_PLUGINS`` leaves an installed plugin out."""
    return "MEDBENCH_PLUGINS" not in os.environ and not getattr(arguments, "no_plugins", False)


def catalogue(arguments: argparse.Namespace, loaded: Plugins | None = None) -> Catalogue:
    """Tasks, suites and sources of medbench, of ``--include-path`` and ``include-path``, and of plugins.

    Raises:
        UsageError: a folder that the line names does not exist.
        SpecError: a folder that ``medbench.toml`` names does not exist, or that file is invalid.
    """
    from medbench.spec import Catalogue
    from medbench.spec.faults import raise_faults

    named = [Path(folder) for folder in getattr(arguments, "include_path", [])]
    for folder in named:
        if not folder.is_dir():
            raise UsageError("MB015", f"no folder {str(folder)!r}", where="--include-path")
    config = settings(arguments)
    raise_faults(
        config.fault(("include-path",), "MB015", f"no folder {str(folder)!r}")
        for folder in config.include_path
        if not folder.is_dir()
    )
    return Catalogue((*named, *config.include_path, *(loaded.task_folders() if loaded else [])))


def cache_folder(arguments: argparse.Namespace) -> Path:
    """``--cache-dir``, else that of ``medbench.toml``, else the user's cache folder."""
    from medbench.runner.options import default_cache

    given: Path | None = getattr(arguments, "cache_dir", None)
    return given.expanduser() if given else settings(arguments).cache_dir or default_cache()


def data_root(arguments: argparse.Namespace) -> Path | None:
    """``--data-root``, else ``MEDBENCH_DATA_ROOT``, else that of ``medbench.toml``.

    Raises:
        UsageError: the folder that the line or the environment names does not exist.
        SpecError: the folder that ``medbench.toml`` names does not exist.
    """
    from medbench.spec.faults import raise_faults

    named = _named_root(arguments)
    if named is not None:
        if not named.is_dir():
            where = "--data-root" if arguments.data_root else "MEDBENCH_DATA_ROOT"
            raise UsageError("MB015", f"no folder {str(named)!r}", where=where)
        return named
    config = settings(arguments)
    if config.data_root is not None and not config.data_root.is_dir():
        raise_faults([config.fault(("data-root",), "MB015", f"no folder {str(config.data_root)!r}")])
    return config.data_root


def source_paths(arguments: argparse.Namespace, specs: Catalogue) -> dict[str, Path]:
    """Folders of ``[sources]``; what is under the root of the line or the environment is taken there.

    Raises:
        SpecError: ``[sources]`` names a source that does not exist.
    """
    from medbench.cli.config_checks import check_sources

    config = settings(arguments)
    check_sources(config, specs, getattr(arguments, "task", []))
    named = _named_root(arguments)
    return {
        source: folder
        for source, folder in config.sources.items()
        if named is None or not (named / source).is_dir()
    }


def _named_root(arguments: argparse.Namespace) -> Path | None:
    named = arguments.data_root or os.environ.get("MEDBENCH_DATA_ROOT")
    return Path(named).expanduser() if named else None


def wants_json(arguments: argparse.Namespace) -> bool:
    """``--json`` stands on the line."""
    return bool(getattr(arguments, "json", False))
