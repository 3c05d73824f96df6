"""A worker's part of the shards: all at once; after a failure one by one, each a few times at most.

What was tried is on disk, so that it is known to the process that follows a killed one.
"""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from medbench.atomic import write_json
from medbench.errors import UserError
from medbench.inference import Work
from medbench.launchers import Share
from medbench.models import Need
from medbench.runner.phase import Compute

__all__ = ["Marks", "Sharing"]

UNLOADABLE = {"MB705", "MB802"}
"""The model cannot be loaded: no other shard will fare better."""
ROW = 3
"""Failures one after the other after which the model is at fault, not the shard."""


@dataclass(frozen=True)
class Marks:
    """Tries of shards that were begun and not finished, one file each."""

    folder: Path

    def tries(self, shard: str) -> int:
        """How often it was begun and not finished."""
        return int(self._read(shard).get("tries", "0"))

    def reason(self, shard: str) -> str:
        """Why it failed last; a process that was killed could not say."""
        value = self._read(shard)
        return str(value.get("reason") or ("its worker died" if value else ""))

    def begin(self, shard: str) -> None:
        """It is begun."""
        write_json(self._file(shard), {"tries": str(self.tries(shard) + 1), "reason": ""})

    def fail(self, shard: str, reason: str) -> None:
        """It failed."""
        write_json(self._file(shard), {"tries": str(self.tries(shard)), "reason": reason})

    def finish(self, shard: str) -> None:
        """It is there."""
        self._file(shard).unlink(missing_ok=True)

    def clear(self) -> None:
        """Forget everything, as at the start of a run."""
        for file in self.folder.glob("*.json"):
            file.unlink(missing_ok=True)

    def _file(self, shard: str) -> Path:
        return self.folder / f"{shard}.json"

    def _read(self, shard: str) -> dict[str, str]:
        with suppress(OSError, ValueError):
            value = json.loads(self._file(shard).read_text(encoding="utf-8"))
            if isinstance(value, dict):
                return value
        return {}


@dataclass
class Sharing:
    """One part of every plan.

    Attributes:
        careful: shard by shard from the start, for a process that follows one that died.
        tries: how often a shard is tried in all.
        written: shards that this process wrote.
        failed: what went wrong, a line each.
    """

    share: Share
    marks: Marks
    careful: bool = False
    tries: int = 3
    written: int = 0
    failed: list[str] = field(default_factory=list)

    def run(self, work: Work, _need: Need, compute: Compute) -> None:
        """Compute what is left of the part; what fails is noted and left."""
        # plans of one shard each would all fall to the first part, so each plan begins with another one
        turn = int(work.plan.key[:8], 16)
        own = Share((self.share.index + turn) % self.share.count, self.share.count)
        part = replace(work, plan=replace(work.plan, shards=own.of(work.plan.shards)))
        before = len(part.plan.left(work.store))
        try:
            self._careful(part, compute) if self.careful else compute(part)
        except Exception as fault:
            self.failed.append(_named(fault))
            if getattr(fault, "code", "") not in UNLOADABLE:
                part.store.refresh()
                self._careful(part, compute)
        part.store.refresh()
        self.written += before - len(part.plan.left(work.store))

    def _careful(self, part: Work, compute: Compute) -> None:
        in_a_row = 0
        for shard in part.plan.left(part.store):
            alone = replace(part, plan=replace(part.plan, shards=(shard,)))
            done = in_a_row < ROW and self._one(alone, shard.name, compute)
            in_a_row = 0 if done else in_a_row + 1

    def _one(self, alone: Work, name: str, compute: Compute) -> bool:
        """Try one shard as often as it may be tried; whether it is there."""
        while self.marks.tries(name) < self.tries:
            self.marks.begin(name)
            try:
                compute(alone)
            except Exception as fault:
                self.failed.append(f"shard {name}: {_named(fault)}")
                self.marks.fail(name, _named(fault))
            else:
                self.marks.finish(name)
                return True
        return False


def _named(fault: Exception) -> str:
    return (
        f"{fault.code} {fault.message}"
        if isinstance(fault, UserError)
        else f"{type(fault).__name__}: {fault}"
    )
