"""What a stage hands on: measures, and what the record says beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.cohort import Cohort, CohortRow
from medbench.inference import ImageLoader, Store, StoreKey
from medbench.runner.folder import RunFolder
from medbench.runner.options import RunOptions
from medbench.runner.phase import Phase
from medbench.runner.progress import Progress
from medbench.runner.readiness import Item
from medbench.runner.session import ModelSession
from medbench.scoring import Measure
from medbench.spec import ChoiceProtocol, ProbeProtocol

__all__ = ["Outcome", "StageContext"]


@dataclass(frozen=True)
class StageContext:
    """Everything a stage works with.

    Attributes:
        computed: rows that went through the model, a number a stage.
    """

    item: Item
    cohort: Cohort
    session: ModelSession
    loader: ImageLoader
    options: RunOptions
    folder: RunFolder
    progress: Progress
    phase: Phase
    computed: list[int] = field(default_factory=list, compare=False)

    @property
    def place(self) -> Path:
        """Folder of the record."""
        return self.folder.place(self.item, self.options.protocol)

    @property
    def protocol(self) -> ProbeProtocol | ChoiceProtocol:
        """The task's protocol that is run."""
        return self.item.task.protocols[self.options.protocol]

    @property
    def batch_size(self) -> int:
        """Rows a batch; automatic is 8, which no row's value depends on beyond rounding."""
        return self.options.batch_size or 8

    def stage(self, what: str, total: int) -> None:
        """Tell progress and log that a stage begins."""
        self.progress.stage(self.item.candidate.name, self.item.task.id, what, total)
        self.folder.log(
            "stage", model=self.item.candidate.name, task=self.item.task.id, stage=what, total=total
        )

    def counts(self, groups: NDArray[np.integer]) -> NDArray[np.uint16]:
        """Bootstrap draws of the test set (replicates, n): every model's, or this one's own if unmatched."""
        statistics, key = self.item.task.statistics, self.cohort.resample_key
        if not self.protocol.matched:
            key = f"{key} {self.session.identity_digest}"
        return stats.draw_counts(groups, statistics.replicates, key, statistics.seed)

    def open_store(self, key: StoreKey) -> Store:
        """A key's store; its damaged shards are told, and will be made again."""
        store = Store(self.options.cache, key)
        for line in store.damaged:
            self.progress.note(line)
            self.folder.log("damaged shard", detail=line)
        return store

    def learn(self, store: Store) -> None:
        """Take what workers found out about prepared images from the manifests of their shards."""
        if any(address not in self.loader.pixels for address in self.loader.addresses.values()):
            for address, seen in store.images().items():
                self.loader.pixels.setdefault(address, seen)

    def rows(self, split: str) -> list[CohortRow]:
        """Rows of a split, in canonical order."""
        return [row for row in self.cohort.rows if row.split == split]


@dataclass(frozen=True)
class Outcome:
    """Result of inference and scoring of one item.

    Attributes:
        primary: key of the measure that ranks.
        rulings: what the protocol says that could not be followed to the letter, and what was done.
        write_predictions: writes ``predictions.parquet`` at the path given.
        rows_computed: rows that went through the model in this session.
    """

    measures: Sequence[Measure]
    primary: str
    coverage: Mapping[str, int]
    rulings: Sequence[str]
    selection: Mapping[str, Any] | None
    decodings: Mapping[str, Any] | None
    write_predictions: Callable[[Path], None]
    rows_computed: int
