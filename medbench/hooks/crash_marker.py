"""A file that says which plugin is being loaded, so that a start that died can be told at the next one.

Nothing can be caught when a plugin ends the process (``os._exit``, a crash in C). The file is locked while
its process lives; a file that another can lock was left behind.
"""

from __future__ import annotations

import contextlib
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

    def left_behind(self) -> dict[tuple[str, str], str]:
        """What was being done, by (plugin, package), where a process died; each is told once."""
        found: dict[tuple[str, str], str] = {}
        with contextlib.suppress(OSError):
            for file in sorted(self._folder.glob("*.json")):
                said = _take(file)
                if said:
                    found[said["plugin"], said["package"]] = said["doing"]
        return found

    @contextlib.contextmanager
    def marking(self, plugin: str, package: str, doing: str) -> Iterator[None]:
        """The file is there, and locked, while the block runs."""
        file, number = self._folder / f"{os.getpid()}.json", -1
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


def _take(file: Path) -> dict[str, str] | None:
    """Read and remove a marker that no living process holds."""
    if fcntl is None:
        return None
    try:
        with file.open(encoding="utf-8") as opened:
            fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
            said = json.load(opened)
            file.unlink()
    except BlockingIOError:
        return None
    except (OSError, ValueError):
        # half a marker says nothing, and is in nobody's way
        with contextlib.suppress(OSError):
            file.unlink()
        return None
    wanted = {"plugin", "package", "doing"}
    return said if isinstance(said, dict) and wanted <= set(said) else None
