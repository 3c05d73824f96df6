"""Ranks that somebody else started: each leaves a sign of life on disk, and rank 0 looks at them.

No process talks to another, so a rank that dies or hangs can hold nobody up for longer than it is silent.
"""

from __future__ import annotations

import json
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from medbench.atomic import write_json
from medbench.launchers import Share

__all__ = ["Ranks"]

BEAT_SECONDS = 2.0
LOOK_SECONDS = 0.5


class Ranks:
    """This rank's sign of life while the context is open; a context manager."""

    def __init__(self, folder: Path, share: Share, silence: float) -> None:
        self._folder, self._share, self._silence = folder, share, silence
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._beat, daemon=True)

    def __enter__(self) -> Self:
        self._say("computing")
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        self._say("done")

    def _beat(self) -> None:
        while not self._ended.wait(BEAT_SECONDS):
            with suppress(OSError):
                self._say("computing")

    def _say(self, state: str) -> None:
        write_json(self._file(self._share.index), {"state": state, "of": self._share.count})

    def _file(self, index: int) -> Path:
        return self._folder / f"{index}.json"

    def wait(self) -> list[str]:
        """Return when every other rank is done or silent; a line for each that fell silent.

        Silence is counted here, from changes of the files that this process sees, so that clocks of several
        machines need not agree.
        """
        waiting = {index for index in range(self._share.count) if index != self._share.index}
        seen: dict[int, tuple[float, object]] = dict.fromkeys(waiting, (time.monotonic(), None))
        silent = []
        while waiting:
            for index in sorted(waiting):
                state, mark = self._look(index)
                if mark != seen[index][1]:
                    seen[index] = (time.monotonic(), mark)
                if state == "done":
                    waiting.discard(index)
                elif time.monotonic() - seen[index][0] > self._silence:
                    waiting.discard(index)
                    silent.append(f"rank {index} is silent; rank {self._share.index} does its part")
            if waiting:
                time.sleep(LOOK_SECONDS)
        return silent

    def _look(self, index: int) -> tuple[str, object]:
        """What a rank said last, and a mark that changes whenever it says something."""
        with suppress(OSError, ValueError):
            file = self._file(index)
            told = json.loads(file.read_text(encoding="utf-8"))
            if told.get("of") == self._share.count:
                return str(told.get("state")), (file.stat().st_mtime_ns, file.stat().st_ino)
        return "", None
