"""Which state of a task's spec and source folders a prepared cohort in the cache was made from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from medbench.cohort.fingerprint import fingerprint
from medbench.spec import Task

__all__ = ["STATE_FILE", "is_altered", "source_state"]

STATE_FILE = "state.json"


def source_state(task: Task, roots: Mapping[str, Path]) -> dict[str, Any]:
    """The spec's digest and, for each source, digests of where it lies and of its files' sizes and times.

    Raises:
        OSError: a folder cannot be listed.
    """
    sources: dict[str, Any] = {}
    for source, root in sorted(roots.items()):
        files = fingerprint(root, task.data.local.get(source))
        place = _digest(str(root.resolve()))
        sources[source] = {"place": place, "n_files": len(files), "files": _digest(files)}
    return {"spec": task.digest, "sources": sources}


def is_altered(task: Task, state: Mapping[str, Any], cache: Path) -> bool:
    """Whether the task was prepared from the same spec and folders, but never from their files as they are.

    Args:
        state: as ``source_state`` gives it.
    """
    known = [
        kept["sources"]
        for kept in _states(cache / "cohorts", task.id)
        if kept["spec"] == state["spec"] and _places(kept["sources"]) == _places(state["sources"])
    ]
    return bool(known) and state["sources"] not in known


def _places(sources: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    return {source: found["place"] for source, found in sources.items()}


def _states(folder: Path, task_id: str) -> Iterator[dict[str, Any]]:
    for file in folder.glob(f"{task_id}-*/{STATE_FILE}"):
        try:
            kept = json.loads(file.read_text(encoding="utf-8"))
            if kept["task"] == task_id:
                yield kept
        except (OSError, ValueError, KeyError, TypeError):
            # a damaged note only makes one cohort unknown
            continue


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
