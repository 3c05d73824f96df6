"""Rounds of workers: start them, count what is missing, start them again for that."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from medbench.errors import UsageError
from medbench.launchers import Launch, Layout, lay_out
from medbench.models import LauncherCard
from medbench.runner.folder import RunFolder
from medbench.runner.options import RunOptions
from medbench.runner.phase import Phase, Planning, Stored
from medbench.runner.progress import Progress
from medbench.runner.readiness import Item
from medbench.runner.session import ModelSession
from medbench.runner.sharing import Marks

__all__ = ["Rounds"]


class Rounds:
    """Computing by workers that a launcher starts."""

    def __init__(
        self,
        items: Sequence[Item],
        options: RunOptions,
        folder: RunFolder,
        progress: Progress,
        planning: Planning,
    ) -> None:
        self._items, self._options, self._folder = items, options, folder
        self._progress, self._planning = progress, planning
        self._launch_folder = (folder.path / "launch").resolve()
        self._marks = Marks(self._launch_folder / "tries")

    @cached_property
    def devices(self) -> tuple[str, ...]:
        """CUDA devices that replicas may have."""
        named = {
            device
            for item in self._items
            for device in ModelSession(item.candidate, self._options.devices).devices
        }
        return tuple(sorted((name for name in named if name.startswith("cuda")), key=_number))

    @cached_property
    def layout(self) -> Layout:
        """Replicas of the largest model that has something left."""
        asked = self._options.launch
        memory: list[float] = []
        if self.devices:
            from medbench.torchkit.devices import device_memory

            memory = device_memory(self.devices)
        needs = [
            item.candidate.handle.memory_gib(need)
            for item in self._items
            for need in self._planning.needs()
            if item.candidate.handle is not None
        ]
        return lay_out(max(needs, default=0.0), memory, asked.replicas, asked.gpus_per_replica)

    def tell(self, engine: str) -> None:
        """Say and log what is started, and why."""
        left = self._planning.left()
        self._progress.note(f"{self.layout.reason}; {left} shards to compute, launcher {engine}")
        if self.layout.idle:
            self._progress.note(f"warning: {self.layout.idle} devices stay idle")
        self._folder.log("launch", engine=engine, reason=self.layout.reason, shards=left)

    def run(self, card: LauncherCard) -> str:
        """Start workers until nothing is missing or the tries are spent; a line where it was detached.

        Raises:
            UsageError: nobody typed a line that workers could be started with (MB092).
        """
        asked = self._options.launch
        if not asked.line:
            raise UsageError("MB092", "workers need a command line", "launch", "use medbench run")
        start = card.open()
        self._forget()
        for _ in range(asked.retries + 1):
            left = self._planning.left()
            if not left:
                return ""
            start(self._launch(card, left))
            if asked.detach and self._planning.left():
                return "submitted; the same line again scores when the jobs have ended"
            self._folder.log("round", shards=left, left=self._planning.left())
        return ""

    def _forget(self) -> None:
        """Tries and starts of an earlier run of this line count no more."""
        self._marks.clear()
        for file in self._launch_folder.glob("worker-*.starts"):
            file.unlink(missing_ok=True)

    def _launch(self, card: LauncherCard, left: int) -> Launch:
        asked, layout = self._options.launch, self.layout
        ids = () if card.own_devices else tuple(_device_id(name) for name in self.devices)
        return Launch(
            line=asked.line,
            # a part without a shard would start for nothing
            workers=min(layout.replicas, left) if not layout.per_replica else layout.replicas,
            per_worker=layout.per_replica,
            devices=ids,
            folder=self._launch_folder,
            cwd=Path.cwd(),
            restarts=asked.retries,
            detach=asked.detach,
            settings=asked.settings,
        )

    def outcome(self) -> Phase:
        """Scoring from the store alone."""
        return Stored(self._marks.reason)


def _number(name: str) -> int:
    return int(name.partition(":")[2] or 0)


def _device_id(name: str) -> str:
    """What ``CUDA_VISIBLE_DEVICES`` calls a device that torch numbers among the visible ones."""
    import os

    visible = [part for part in os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",") if part]
    number = _number(name)
    return visible[number] if number < len(visible) else str(number)
