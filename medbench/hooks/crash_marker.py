"""A file that says which plugin is being loaded, so that a start that died can be told at the next one.

Nothing can be caught when a plugin ends the process (``os._exit``, a crash in C). The file is locked while
its process lives; a file that another can lock was left behind.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

try:
    import fcntl
except ImportError:  # Windows: no lock, no marker
    fcntl = None  # type: ignore[assignment]

__all__ = ["CrashMarker"]

FOLDER = "plugins-loading"


class CrashMarker:
    """The marker of this process, and those of processes that died.

    Args:
        cache: the cache folder; where it cannot be written, nothing is marked.
    """

    def __init__(self, cache: Path) -> None:
        self._folder = cache / FOLDER

    def left_behind(self, plugin: str, package: str) -> str:
        """What of this plugin was being done where a process died; empty where none did. Told once.

        Markers of other plugins stay, for a start that is about to load those.
        """
        doing = ""
        with contextlib.suppress(OSError):
            for file in sorted(self._folder.glob("*.json")):
                doing = _take(file, plugin, package) or doing
        return doing

    @contextlib.contextmanager
    def marking(self, plugin: str, package: str, doing: str) -> Iterator[None]:
        """The file is there, and locked, while the block runs."""
        # numbers of processes come again, and must not write over another plugin's marker
        own = hashlib.sha256(f"{plugin} {package}".encode()).hexdigest()[:12]
        file, number = self._folder / f"{os.getpid()}-{own}.json", -1
        if fcntl is not None:
            with contextlib.suppress(OSError):
                self._folder.mkdir(parents=True, exist_ok=True)
                number = os.open(file, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
                fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
                text = json.dumps({"plugin": plugin, "package": package, "doing": doing})
                os.write(number, text.encode())
        try:
            yield
        finally:
            if number >= 0:
                with contextlib.suppress(OSError):
                    file.unlink()
                os.close(number)


def _take(file: Path, plugin: str, package: str) -> str:
    """Read and remove a plugin's marker that no living process holds."""
    if fcntl is None:
        return ""
    try:
        with file.open(encoding="utf-8") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            said = json.load(opened)
            if (said["plugin"], said["package"]) != (plugin, package):
                return ""
            file.unlink()
            return str(said["doing"])
    except BlockingIOError:
        return ""
    except (OSError, ValueError, KeyError, TypeError):
        # half a marker says nothing, and is in nobody's way
        with contextlib.suppress(OSError):
            file.unlink()
        return ""
