"""What is done with planned shards: all of them here and now, only planned, one part of them, or none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from medbench.errors import RunError
from medbench.inference import Work
from medbench.models import Need

__all__ = ["Phase", "Planning", "Stored", "Whole"]

Compute = Callable[[Work], None]


class Phase(Protocol):
    """Decides which of a stage's shards are computed in this process."""

    def run(self, work: Work, need: Need, compute: Compute) -> None:
        """Call ``compute`` with as much of ``work`` as is this process's."""


class Whole:
    """Everything that the store lacks, in this process."""

    def run(self, work: Work, _need: Need, compute: Compute) -> None:
        """Compute all of it."""
        compute(work)


@dataclass
class Planning:
    """Nothing is computed; what would be is kept."""

    works: list[tuple[Work, Need]] = field(default_factory=list)

    def run(self, work: Work, need: Need, _compute: Compute) -> None:
        """Keep it."""
        self.works.append((work, need))

    def left(self) -> int:
        """Shards that are on no disk yet, looked for again."""
        for work, _ in self.works:
            work.store.refresh()
        return sum(len(work.plan.left(work.store)) for work, _ in self.works)

    def needs(self) -> list[Need]:
        """Needs of what is left, each once."""
        return list(dict.fromkeys(need for work, need in self.works if work.plan.left(work.store)))


class Stored:
    """Everything was computed by workers; what is not there could not be."""

    def __init__(self, reasons: Callable[[str], str]) -> None:
        self._reason = reasons

    def run(self, work: Work, _need: Need, _compute: Compute) -> None:
        """Refuse where a shard is missing.

        Raises:
            RunError: a shard failed in every try (MB808).
        """
        left = work.plan.left(work.store)
        if left:
            names = ", ".join(shard.name for shard in left[:5]) + (" …" if len(left) > 5 else "")
            reasons = list(dict.fromkeys(filter(None, (self._reason(shard.name) for shard in left))))
            why = f": {reasons[0]}" if reasons else ""
            message = f"{len(left)} of {len(work.plan.shards)} shards failed in every try ({names}){why}"
            raise RunError("MB808", message, hint="see the workers' logs in the run folder's launch/")
