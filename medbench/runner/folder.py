"""The run folder: its name follows from what is asked, so the same line finds its own unfinished work."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import medbench
from medbench.atomic import canonical_json, write_json
from medbench.runner.options import RunOptions
from medbench.runner.readiness import Item
from medbench.spec import Task

__all__ = ["RunFolder", "open_run"]

PLAN_SCHEMA = "medbench.plan/1"


class RunFolder:
    """One run's folder and its log. The log holds events and counts, no ids, paths of images or texts."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def place(self, item: Item, protocol: str) -> Path:
        """Folder of one record: ``<model>/<task>/<protocol>``, where ``hf:ORG/NAME`` is ``hf-ORG-NAME``."""
        return self.path / re.sub(r"[^\w.-]", "-", item.candidate.name) / item.task.id / protocol

    def log(self, event: str, **fields: Any) -> None:
        """Append one line to ``log.jsonl``."""
        line = {"time": datetime.now(UTC).isoformat(timespec="seconds"), "event": event, **fields}
        with (self.path / "log.jsonl").open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=False, default=str) + "\n")


def open_run(label: str, tasks: Sequence[Task], items: Sequence[Item], options: RunOptions) -> RunFolder:
    """Make or find the run's folder and write its ``plan.json``.

    Args:
        label: the suite's name, or the task ids joined.
    """
    plan = {
        "schema": PLAN_SCHEMA,
        # another version may score differently, so it gets a folder of its own
        "medbench": medbench.__version__,
        "models": sorted(
            {(i.candidate.name, canonical_json(dict(i.candidate.request.arguments))) for i in items}
        ),
        "tasks": {task.id: task.digest for task in tasks},
        "protocol": options.protocol,
        "analyses": {f"{i.candidate.name}/{i.task.id}": dict(i.analyses) for i in items if i.analyses},
        "data_root": str(options.data_root.resolve()) if options.data_root else None,
        # where a task's data lies otherwise: a folder of its own, or beside the spec that declares it
        "sources": {
            f"{i.task.id}/{source}": str(root.resolve())
            for i in items
            for source, root in sorted(i.roots.items())
            if source in options.source_paths or source in i.task.data.local
        },
        "limit": options.limit,
        "seed": options.seed,
        "batch_size": options.batch_size,
        "allow_missing": options.allow_missing,
    }
    digest = hashlib.sha256(canonical_json(plan).encode()).hexdigest()[:8]
    path = options.output / f"{label}-{options.protocol}-{digest}"
    path.mkdir(parents=True, exist_ok=True)
    stages = [
        {"model": i.candidate.name, "task": i.task.id, "state": i.state, "reason": i.reason} for i in items
    ]
    write_json(path / "plan.json", {**plan, "items": stages})
    return RunFolder(path)
