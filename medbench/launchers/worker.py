"""``python -m medbench.launchers.worker JOB [INDEX]``: become the ``medbench run`` of one part of the work.

The devices are chosen before CUDA starts, and the process is replaced, so that signals and the exit code are
those of the run itself.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from medbench.launchers.launch import Launch, read_job

__all__ = ["main", "worker_command", "worker_environment", "worker_line"]


def worker_command(job: Path, index: int) -> list[str]:
    """The command that becomes worker ``index``."""
    return [sys.executable, "-m", "medbench.launchers.worker", str(job), str(index)]


def worker_line(launch: Launch, index: int) -> list[str]:
    """The command line of worker ``index``; later options win over the same ones before."""
    devices = "cpu" if launch.per_worker == 0 else ""
    return [*launch.line, f"--devices={devices}", f"--shard-of={index}/{launch.workers}"]


def worker_environment(launch: Launch, index: int, environment: Mapping[str, str]) -> dict[str, str]:
    """Environment of worker ``index``: its own devices, and one thread a core shared between workers."""
    own = dict(environment)
    first = index * launch.per_worker
    if launch.devices:
        own["CUDA_VISIBLE_DEVICES"] = ",".join(launch.devices[first : first + launch.per_worker])
    return own


def main() -> None:
    """Read the job, choose devices, become the run."""
    launch = read_job(Path(sys.argv[1]))
    index = int(sys.argv[2] if len(sys.argv) > 2 else os.environ["RANK"])
    with (launch.folder / f"worker-{index}.starts").open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")
    os.chdir(launch.cwd)
    line = [sys.executable, "-m", "medbench", *worker_line(launch, index)]
    os.execve(sys.executable, line, worker_environment(launch, index, os.environ))


if __name__ == "__main__":
    main()
