"""The store: rows by address under a key that holds everything that can change them, and nothing else."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.atomic import canonical_json, write_json
from medbench.inference.shards import (
    Shard,
    find_shards,
    read_activations,
    read_images,
    read_replies,
    write_shard,
)
from medbench.inference.verified import remembering
from medbench.models import Reply

__all__ = ["Store", "StoreKey"]

REPLIES = "replies"
"""Stands in for a tap's name where a shard holds replies."""


@dataclass(frozen=True)
class StoreKey:
    """What rows depend on, apart from what they show.

    Attributes:
        identity: the model's identity values.
        preparation: image preparation by the harness.
        template: the rendered prompt with images and case text left open.
        decoding: how replies are drawn; empty for activations.
        precision: dtype in which activations are kept; empty for replies.
    """

    identity: Mapping[str, str]
    preparation: Mapping[str, Any]
    template: str
    decoding: Mapping[str, Any] = field(default_factory=dict)
    precision: str = ""

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for ``key.json``."""
        return {
            "schema": "medbench.store-key/1",
            "identity": dict(self.identity),
            "preparation": dict(self.preparation),
            "template": self.template,
            "decoding": dict(self.decoding),
            "precision": self.precision,
        }

    @property
    def digest(self) -> str:
        """SHA-256 (hex)."""
        return hashlib.sha256(canonical_json(self.as_dict()).encode()).hexdigest()


class Store:
    """One key's folder. Readers see whole shards only; writers of the same shard write the same bytes."""

    def __init__(self, cache: Path, key: StoreKey) -> None:
        self.key, self._cache = key, cache
        self.folder = cache / "store" / key.digest[:24]
        self.damaged: list[str] = []
        self._where: dict[tuple[str, str], tuple[Shard, int]] = {}
        self.refresh()

    def refresh(self) -> None:
        """Look at the folder again; reads every new or changed shard against its digest."""
        shards: list[Shard] = []
        self.damaged = []
        if self.folder.is_dir():
            with remembering(self._cache) as is_whole:
                shards, self.damaged = find_shards(self.folder, is_whole)
        self._where = {
            (row, tap): (shard, index)
            for shard in shards
            for index, row in enumerate(shard.rows)
            for tap in (shard.taps or {REPLIES})
        }

    def missing(self, rows: Sequence[str], taps: Sequence[str] = (REPLIES,)) -> list[str]:
        """Addresses that lack a tap, each once, in the order given."""
        return [row for row in dict.fromkeys(rows) if any((row, tap) not in self._where for tap in taps)]

    def write(
        self,
        name: str,
        rows: Sequence[str],
        payload: Mapping[str, NDArray[np.float32]] | Sequence[Sequence[Reply]],
        header: Mapping[str, Any],
    ) -> int:
        """Add one shard (and, the first time, the key itself); returns its payload's bytes."""
        if not (self.folder / "key.json").is_file():
            write_json(self.folder / "key.json", self.key.as_dict())
        return write_shard(self.folder, name, rows, payload, header)

    def images(self) -> dict[str, str]:
        """What the shards' manifests know of prepared images, by address."""
        known: dict[str, str] = {}
        for file in {shard.file for shard, _ in self._where.values()}:
            known.update(read_images(file))
        return known

    def activations(self, rows: Sequence[str], tap: str) -> NDArray[np.float32]:
        """Activations float32 (len(rows), width) in the order of ``rows``.

        Raises:
            KeyError: a row is not in the store.
        """
        loaded: dict[Path, NDArray[np.float32]] = {}
        vectors = []
        for row in rows:
            shard, index = self._where[row, tap]
            if shard.file not in loaded:
                loaded[shard.file] = read_activations(shard, tap)
            vectors.append(loaded[shard.file][index])
        return np.stack(vectors)

    def replies(self, rows: Sequence[str]) -> list[list[Reply]]:
        """Replies of each row, one a try.

        Raises:
            KeyError: a row is not in the store.
        """
        loaded: dict[Path, list[list[Reply]]] = {}
        found = []
        for row in rows:
            shard, index = self._where[row, REPLIES]
            if shard.file not in loaded:
                loaded[shard.file] = read_replies(shard)
            found.append(loaded[shard.file][index])
        return found


def plan_digest(rows: Sequence[str], batch_size: int) -> str:
    """Name of a plan: the rows it computes, in order, and its batch size."""
    return hashlib.sha256(json.dumps([batch_size, *rows]).encode()).hexdigest()[:12]
