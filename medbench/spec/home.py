"""Where the specs and documents that come with medbench are."""

from __future__ import annotations

from pathlib import Path

import medbench

__all__ = ["benchmarks_folder", "documents_folder"]


def benchmarks_folder() -> Path:
    """The specs: inside the wheel, or beside the package in a checkout."""
    return _beside("benchmarks")


def documents_folder() -> Path:
    """The documents that commands read: inside the wheel, or beside the package in a checkout."""
    return _beside("docs")


def _beside(name: str) -> Path:
    package = Path(medbench.__file__).parent
    installed = package / name
    return installed if installed.is_dir() else package.parent / name
