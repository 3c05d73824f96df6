"""Running one worker as a child that never outlives its parent."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
from pathlib import Path

from medbench.launchers.worker import worker_command

__all__ = ["run_worker", "start_worker"]

PR_SET_PDEATHSIG = 1


def start_worker(job: Path, index: int) -> subprocess.Popen[bytes]:
    """Start worker ``index``; its output goes to ``worker-<index>.log`` beside the job."""
    with (job.parent / f"worker-{index}.log").open("ab") as log:
        return subprocess.Popen(
            worker_command(job, index),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            preexec_fn=_die_with_parent if sys.platform == "linux" else None,
        )


def run_worker(job: Path, index: int) -> int:
    """Run worker ``index`` to its end; returns its exit code."""
    child = start_worker(job, index)
    try:
        return child.wait()
    finally:
        if child.poll() is None:
            child.kill()
            child.wait()


def _die_with_parent() -> None:
    # the kernel ends the child when the parent is killed, however hard
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
