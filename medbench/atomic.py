"""Writing files so that a reader sees the old one or the new one, never a half."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

__all__ = ["canonical_json", "write_atomic", "write_bytes", "write_json"]


def write_atomic(path: Path, write: Callable[[Path], object]) -> None:
    """Let ``write`` fill a temporary sibling, flush it to disk, then rename it to ``path``."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        write(temporary)
        with temporary.open("rb+") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _flush_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def _flush_folder(folder: Path) -> None:
    """The new name itself must outlast a power cut; some file systems know no such flush."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def write_bytes(path: Path, data: bytes) -> None:
    """Write ``data`` atomically."""
    write_atomic(path, lambda temporary: temporary.write_bytes(data))


def write_json(path: Path, value: Any) -> None:
    """Write canonical JSON atomically."""
    write_bytes(path, canonical_json(value).encode())


def canonical_json(value: Any) -> str:
    """Sorted keys, two-space indent, no NaN, one newline at the end.

    >>> print(canonical_json({"b": 1, "a": (0.1, None)}), end="")
    {
      "a": [
        0.1,
        null
      ],
      "b": 1
    }
    """
    return json.dumps(value, sort_keys=True, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
