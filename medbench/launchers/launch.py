"""What a launcher is told: a line to run once for each part of the work, and with how many devices."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from medbench.atomic import write_json

__all__ = ["Launch", "read_job", "write_job"]

JOB_SCHEMA = "medbench.job/1"


@dataclass(frozen=True)
class Launch:
    """One round of workers.

    Attributes:
        line: arguments of ``medbench`` that ask for the run; each worker adds ``--shard-of i/n``.
        workers: number of parts, one a worker.
        per_worker: GPUs of each worker; 0 on the CPU.
        devices: CUDA device ids that may be handed out; empty where the engine does that itself.
        folder: where workers leave their output and the launcher its notes; every node sees it.
        cwd: folder in which the line was typed.
        restarts: how often the engine may start a worker that died again.
        detach: submit and come back at once, where the engine can.
        settings: the engine's own, such as ``partition=gpu``.
    """

    line: tuple[str, ...]
    workers: int
    per_worker: int
    devices: tuple[str, ...]
    folder: Path
    cwd: Path
    restarts: int = 2
    detach: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)

    @property
    def job(self) -> Path:
        """The file from which a worker learns what to do."""
        return self.folder / "job.json"


def write_job(launch: Launch) -> None:
    """Write ``job.json``."""
    job = {
        "schema": JOB_SCHEMA,
        "line": list(launch.line),
        "workers": launch.workers,
        "per_worker": launch.per_worker,
        "devices": list(launch.devices),
        "cwd": str(launch.cwd),
    }
    write_json(launch.job, job)


def read_job(file: Path) -> Launch:
    """What ``write_job`` wrote, as far as a worker needs it."""
    job = json.loads(file.read_text(encoding="utf-8"))
    return Launch(
        tuple(job["line"]),
        job["workers"],
        job["per_worker"],
        tuple(job["devices"]),
        file.parent,
        Path(job["cwd"]),
    )
