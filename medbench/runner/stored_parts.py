"""Which keys of the store a run would read, what makes each key, and what is missing under it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from medbench.runner.computing import by_model, session_of
from medbench.runner.execute import Job
from medbench.runner.folder import open_run
from medbench.runner.item import compute_item
from medbench.runner.phase import Planning
from medbench.runner.progress import Progress

__all__ = ["StoredPart", "stored_parts"]


@dataclass(frozen=True)
class StoredPart:
    """One stage of one model on one task, as the store sees it.

    Attributes:
        key: the values whose digest names the folder; nothing else can make a row be computed again.
        digest: SHA-256 (hex) of the key.
        taps: what is read; one name, ``replies``, for a choice task.
        missing: rows that would be computed.
        fault: kind of error that kept the stage from being planned, else empty.
    """

    model: str
    task: str
    key: dict[str, Any]
    digest: str
    taps: tuple[str, ...]
    missing: int
    fault: str = ""


def stored_parts(job: Job, progress: Progress) -> Iterator[StoredPart]:
    """Every stage that a run of the job has; reads data and files of weights, loads no model."""
    with tempfile.TemporaryDirectory() as scratch:
        # nothing of it is a run: the folder holds plans only, and goes
        options = replace(job.options, output=Path(scratch))
        folder = open_run(job.label, job.tasks, job.items, options)
        for items in by_model(job.ready):
            with session_of(items[0], options) as session:
                for item in items:
                    phase = Planning()
                    compute_item(item, session, options, folder, progress, phase)
                    names = (item.candidate.name, item.task.id)
                    if not phase.works:
                        yield StoredPart(*names, {}, "", (), 0, _last_fault(folder.path / "log.jsonl"))
                    for work, _ in phase.works:
                        left = sum(len(shard.rows) for shard in work.plan.left(work.store))
                        key = work.store.key
                        yield StoredPart(*names, key.as_dict(), key.digest, work.plan.taps, left)


def _last_fault(log: Path) -> str:
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    return next((str(line["kind"]) for line in reversed(lines) if line["event"] == "not computed"), "unknown")
