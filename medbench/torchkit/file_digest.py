"""SHA-256 of a file; of a large one once, for as long as the file stays as it is."""

from __future__ import annotations

import contextlib
import hashlib
import re
from pathlib import Path

import platformdirs

from medbench.atomic import write_bytes

__all__ = ["file_digest"]

LARGE = 64 * 1024**2
"""From this size on a digest is remembered: an 80B checkpoint takes minutes to read."""

DIGEST = re.compile(rb"[0-9a-f]{64}")


def file_digest(file: Path) -> str:
    """SHA-256 (hex), read as a stream, or remembered.

    What is remembered belongs to path, size, inode and the times of the last change of contents and of the
    entry; it lies in the user's cache folder, which can be deleted at any time.
    """
    if file.stat().st_size < LARGE:
        return _read(file)
    memory = _memory(file)
    try:
        known = memory.read_bytes()
    except OSError:
        known = b""
    if DIGEST.fullmatch(known):
        return known.decode()
    found = _read(file)
    # a file that is being written has another state by now, and what was read is of no state at all
    if _memory(file) == memory:
        # a cache that cannot be written costs time and nothing else
        with contextlib.suppress(OSError):
            write_bytes(memory, found.encode())
    return found


def _memory(file: Path) -> Path:
    state = file.stat()
    told = f"{file.resolve()} {state.st_size} {state.st_ino} {state.st_mtime_ns} {state.st_ctime_ns}"
    cache = Path(platformdirs.user_cache_dir("medbench", appauthor=False))
    return cache / "digests" / hashlib.sha256(told.encode()).hexdigest()


def _read(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
