"""What commands share: the catalogue, the plugins and the cache that the global options name."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import TYPE_CHECKING

from medbench.errors import UsageError

if TYPE_CHECKING:
    from medbench.hooks import Plugins
    from medbench.spec import Catalogue

__all__ = ["cache_folder", "catalogue", "data_root", "plugins", "wants_json"]


def plugins(arguments: argparse.Namespace) -> Plugins:
    """Loaded plugins, as ``--plugin``, ``--no-plugins`` and ``MEDBENCH_PLUGINS`` say."""
    from medbench.hooks import load_plugins

    named = os.environ.get("MEDBENCH_PLUGINS")
    only = [name.strip() for name in named.split(",") if name.strip()] if named is not None else None
    return load_plugins(only, getattr(arguments, "plugin", []), not getattr(arguments, "no_plugins", False))


def catalogue(arguments: argparse.Namespace, loaded: Plugins | None = None) -> Catalogue:
    """Tasks, suites and sources of medbench, of ``--include-path`` folders and of plugins.

    Raises:
        UsageError: a folder does not exist.
    """
    from medbench.spec import Catalogue

    folders = [Path(folder) for folder in getattr(arguments, "include_path", [])]
    for folder in folders:
        if not folder.is_dir():
            raise UsageError("MB015", f"no folder {str(folder)!r}", where="--include-path")
    return Catalogue((*folders, *(loaded.task_folders() if loaded else [])))


def cache_folder(arguments: argparse.Namespace) -> Path:
    """``--cache-dir``, else the user's cache folder."""
    from medbench.runner.options import default_cache

    given: Path | None = getattr(arguments, "cache_dir", None)
    return given.expanduser() if given else default_cache()


def data_root(arguments: argparse.Namespace) -> Path | None:
    """``--data-root``, else ``MEDBENCH_DATA_ROOT``.

    Raises:
        UsageError: the folder does not exist.
    """
    named = arguments.data_root or os.environ.get("MEDBENCH_DATA_ROOT")
    if not named:
        return None
    path = Path(named).expanduser()
    if not path.is_dir():
        where = "--data-root" if arguments.data_root else "MEDBENCH_DATA_ROOT"
        raise UsageError("MB015", f"no folder {str(named)!r}", where=where)
    return path


def wants_json(arguments: argparse.Namespace) -> bool:
    """``--json`` stands on the line."""
    return bool(getattr(arguments, "json", False))
