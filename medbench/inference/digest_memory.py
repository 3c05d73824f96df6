"""Digests of prepared images seen before, so that a resumed run does not decode them all again."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path

__all__ = ["DigestMemory", "digest_memory"]

FILE = "digests.sqlite"


class DigestMemory:
    """A table from an opaque key to a digest; it holds no path and no id."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE IF NOT EXISTS digest (image TEXT PRIMARY KEY, sha256 TEXT NOT NULL)")

    def get(self, key: str) -> str:
        """The digest remembered for ``key``; empty when there is none."""
        row = self._database.execute("SELECT sha256 FROM digest WHERE image = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def add(self, digests: Mapping[str, str]) -> None:
        """Remember digests by key, at once and durably."""
        self._database.executemany("INSERT OR REPLACE INTO digest VALUES (?, ?)", list(digests.items()))
        self._database.commit()


@contextlib.contextmanager
def digest_memory(cache: Path) -> Iterator[DigestMemory]:
    """The memory in a cache folder. A damaged one is thrown away: all it can cost is time."""
    cache.mkdir(parents=True, exist_ok=True)
    database = _connect(cache / FILE)
    try:
        yield DigestMemory(database)
    finally:
        database.close()


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=60)
    try:
        database.execute("PRAGMA quick_check")
    except sqlite3.DatabaseError as fault:
        database.close()
        if isinstance(fault, sqlite3.OperationalError):
            # locked or not writable is not damaged
            raise
        file.unlink()
        return sqlite3.connect(file, timeout=60)
    return database
