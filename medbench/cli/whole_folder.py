"""A new folder that appears when it is whole, or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path

from medbench.errors import UsageError

__all__ = ["write_folder"]


def write_folder(folder: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary sibling, then rename it to ``folder``, which is new or empty.

    Raises:
        UsageError: MB018, something is there already.
    """
    # ``--output .`` names a folder that can be replaced by its own name only
    folder = folder.absolute()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError("MB018", "is there already and is not empty", str(folder), "name a new folder")
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(temporary)
        temporary.chmod(0o755)
        temporary.replace(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)
