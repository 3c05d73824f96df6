"""Which shards were read against their digests and are the same files since: these are not read again."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from medbench.cohort.image_memory import image_memory

__all__ = ["Check", "has_digest", "remembering"]

FILE = "verified.sqlite"
SETTLED = 2.0
"""Seconds after which a later change shows in a file's time; before them it may not, so nothing is kept."""

Check = Callable[[Path, str], bool]
"""Whether a file's bytes have a SHA-256 (hex)."""


def has_digest(file: Path, sha256: str) -> bool:
    """Whether the file's bytes have this digest; reads all of them."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest() == sha256


@contextmanager
def remembering(cache: Path) -> Iterator[Check]:
    """A check that reads a file once, and again when its size, time, inode or promised digest has changed.

    Where the cache cannot be written every file is read. ``medbench cache verify`` reads all of them anyway.
    """
    try:
        with image_memory(cache / FILE) as memory:
            known = memory.all()
    except OSError:
        yield has_digest
        return
    new: dict[str, str] = {}

    def check(file: Path, sha256: str) -> bool:
        key, age = _mark(file, sha256)
        if key in known:
            return True
        whole = has_digest(file, sha256)
        if whole and age > SETTLED:
            new[key] = "whole"
        return whole

    yield check
    if new:
        with image_memory(cache / FILE) as memory:
            memory.add(new)


def _mark(file: Path, sha256: str) -> tuple[str, float]:
    state = file.stat()
    told = [str(file.absolute()), state.st_size, state.st_mtime_ns, state.st_ino, sha256]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest(), time.time() - state.st_mtime
