"""What was found out about images before, so that an interrupted command does not decode them all again."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

__all__ = ["ImageMemory", "image_memory"]

AT_ONCE = 900
"""Keys of one query; SQLite's smallest limit of variables is 999."""


class ImageMemory:
    """A table from an opaque key to a text; it holds no path and no id."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE IF NOT EXISTS image (key TEXT PRIMARY KEY, value TEXT NOT NULL)")

    def get(self, key: str) -> str:
        """The text remembered for ``key``; empty when there is none."""
        row = self._database.execute("SELECT value FROM image WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def get_all(self, keys: Iterable[str]) -> dict[str, str]:
        """Texts of those keys that have one."""
        wanted = list(keys)
        found: dict[str, str] = {}
        for start in range(0, len(wanted), AT_ONCE):
            part = wanted[start : start + AT_ONCE]
            marks = ",".join("?" * len(part))
            found.update(
                self._database.execute(
                    f"SELECT key, value FROM image WHERE key IN ({marks})", part
                ).fetchall()
            )
        return found

    def all(self) -> dict[str, str]:
        """Every text by its key."""
        return dict(self._database.execute("SELECT key, value FROM image").fetchall())

    def add(self, values: Mapping[str, str]) -> None:
        """Remember texts by key, at once and durably."""
        self._database.executemany("INSERT OR REPLACE INTO image VALUES (?, ?)", list(values.items()))
        self._database.commit()


@contextlib.contextmanager
def image_memory(file: Path) -> Iterator[ImageMemory]:
    """The memory in an SQLite file of a cache. A damaged one is thrown away: all it can cost is time.

    Raises:
        OSError: it cannot be opened or written, as in a folder without permission, or is locked for a minute.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    try:
        with contextlib.closing(_connect(file)) as database:
            yield ImageMemory(database)
    except sqlite3.OperationalError as fault:
        # locked or not writable is not damaged
        raise OSError(errno.EIO, str(fault), str(file)) from fault


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file, timeout=60)
    try:
        database.execute("PRAGMA quick_check")
    except sqlite3.DatabaseError as fault:
        database.close()
        if isinstance(fault, sqlite3.OperationalError):
            raise
        file.unlink()
        return sqlite3.connect(file, timeout=60)
    return database
