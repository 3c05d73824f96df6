"""What one array task does: run its worker, and stop it in time when the walltime ends."""

from __future__ import annotations

import signal
import subprocess
from contextlib import suppress
from pathlib import Path

from medbench.launchers.child import start_worker

__all__ = ["ShareTask"]

STOP_SECONDS = 30


class ShareTask:
    """Called with a worker's index, in the job."""

    def __init__(self, job: str) -> None:
        self._job = job
        self._child: subprocess.Popen[bytes] | None = None

    def __call__(self, index: int) -> int:
        """Run the worker; returns its exit code, which nobody needs: truth is on disk."""
        self._child = start_worker(Path(self._job), index)
        return self._child.wait()

    def checkpoint(self, *_arguments: object) -> None:
        """The walltime is near: stop the worker, whose finished shards stay; nothing is requeued."""
        if self._child is not None:
            self._child.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(STOP_SECONDS)
