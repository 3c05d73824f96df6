"""Embedded data and tiny checkpoints: what a suite needs that must run on a bare machine."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import medbench
from medbench.errors import PluginError, UsageError, UserError
from medbench.models import ModelCard, resolve

__all__ = ["embedded_data", "tiny_checkpoint", "write_checkpoint"]


def embedded_data(cache: Path) -> Path:
    """Folder of the synthetic sources, written into the cache the first time."""
    from medbench.cohort.samples import write_samples

    folder = cache / "sample" / medbench.__version__
    _write_once(folder, lambda place: write_samples(place))
    return folder


def tiny_checkpoint(card: ModelCard, cache: Path) -> Path:
    """Folder of a tiny random checkpoint of the card's architecture, written into the cache once."""
    folder = cache / "checkpoints" / f"{card.name}-{medbench.__version__}"
    _write_once(folder, lambda place: write_checkpoint(card, place))
    return folder


def write_checkpoint(card: ModelCard, folder: Path) -> None:
    """Write a tiny random checkpoint into an empty folder.

    Raises:
        UsageError: the model has no weights, or none are made of it (MB009); an extra is missing (MB022).
        PluginError: the plugin's writer fails (MB706).
    """
    if not card.checkpoint_writer:
        raise UsageError("MB009", f"{card.name} has no weights to make", where="--model")
    modules = card.missing_modules()
    if modules:
        install = f"pip install '{card.extra or ' '.join(modules)}'"
        raise UsageError("MB022", f"{card.name} needs {', '.join(modules)}", where="--model", hint=install)
    try:
        resolve(card.checkpoint_writer, card.name)(folder)
    except (KeyboardInterrupt, UserError):
        raise
    except BaseException as fault:
        raise PluginError(
            "MB706", f"no checkpoint: {type(fault).__name__}: {fault}", where=card.name
        ) from fault


def _write_once(folder: Path, write: Callable[[Path], Any]) -> None:
    if folder.is_dir():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=folder.parent))
    try:
        write(temporary)
        temporary.replace(folder)
    except OSError:
        # another process may have been first
        if not folder.is_dir():
            raise
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
