"""States of Slurm jobs from ``squeue``, which answers where accounting is off and ``sacct`` refuses."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence

__all__ = ["running_jobs"]

ENDED = {"COMPLETED", "FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "OUT_OF_MEMORY", "BOOT_FAIL", "DEADLINE"}


def running_jobs(jobs: Sequence[str]) -> set[str]:
    """Those of the array jobs that wait or run; a job that Slurm has forgotten has ended."""
    asked = ["squeue", "--noheader", "--states=all", "--format=%A|%F|%T", f"--jobs={','.join(jobs)}"]
    told = subprocess.run(asked, capture_output=True, text=True, check=False)
    if told.returncode and "Invalid job id" not in told.stderr:
        # the controller may be away for a minute; nothing is known, so nothing has ended
        return set(jobs)
    rows = [line.split("|") for line in told.stdout.split()]
    return {array for _, array, state in rows if state not in ENDED and array in jobs}
