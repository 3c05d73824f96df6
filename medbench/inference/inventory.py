"""What lies in a cache's store, key by key: for people who look, check, or want their disk back."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from medbench.inference.shards import Shard, find_shards

__all__ = ["StoredKey", "inventory", "stray_files"]

TEMPORARY = re.compile(r"\..+\.\d+-[0-9a-f]{8}")
"""Names of ``medbench.atomic``'s temporary files."""

ABANDONED = 24 * 3600
"""Seconds after which a file that nobody finished belongs to no process that is still writing."""


@dataclass(frozen=True)
class StoredKey:
    """One key's folder.

    Attributes:
        name: the folder's name, the beginning of the key's digest.
        key: values of ``key.json``; ``None`` where it cannot be read.
        rows: distinct rows.
        taps: names of all taps; empty for replies.
        size: bytes of all files.
        written: seconds since 1970 of the newest file; 0 in an empty folder.
        damaged: a line for each shard that is not what was written.
        broken: the names of these shards.
        stray: files that belong to no shard and are written by nobody any more.
    """

    folder: Path
    key: Mapping[str, Any] | None
    rows: int
    shards: int
    taps: tuple[str, ...]
    size: int
    written: float
    damaged: tuple[str, ...]
    broken: tuple[str, ...]
    stray: tuple[Path, ...]

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def rubbish(self) -> list[Path]:
        """Files that no run can read: stray ones, and those of damaged shards."""
        broken = [file for name in self.broken for file in sorted(self.folder.glob(f"{name}.*"))]
        return list(dict.fromkeys([*self.stray, *broken]))


def inventory(cache: Path, now: float | None = None) -> Iterator[StoredKey]:
    """Every key of a cache, by name; reads every shard's bytes against its digest.

    Args:
        cache: the cache folder; one that is not there holds nothing.
        now: seconds since 1970; ``None`` is the present.
    """
    moment = time.time() if now is None else now
    for folder in sorted(path for path in (cache / "store").glob("*") if path.is_dir()):
        shards, damaged = find_shards(folder)
        files = [(file, file.stat()) for file in folder.iterdir() if file.is_file()]
        yield StoredKey(
            folder=folder,
            key=_key(folder / "key.json"),
            rows=len({row for shard in shards for row in shard.rows}),
            shards=len(shards),
            taps=tuple(sorted({tap for shard in shards for tap in shard.taps})),
            size=sum(state.st_size for _, state in files),
            written=max((state.st_mtime for _, state in files), default=0.0),
            damaged=tuple(damaged),
            broken=tuple(_broken(folder, shards)),
            stray=tuple(stray_files(folder, moment)),
        )


def stray_files(folder: Path, now: float) -> list[Path]:
    """Temporary files, and payloads without a manifest, that have lain untouched for a day."""
    found = []
    for file in sorted(folder.iterdir()):
        payload = file.suffix in (".safetensors", ".jsonl") and not file.with_suffix(".json").is_file()
        if (payload or TEMPORARY.fullmatch(file.name)) and now - file.stat().st_mtime > ABANDONED:
            found.append(file)
    return found


def _broken(folder: Path, whole: Sequence[Shard]) -> list[str]:
    kept = {shard.file.stem for shard in whole}
    return sorted({file.stem for file in folder.glob("*.json")} - kept - {"key"})


def _key(file: Path) -> Mapping[str, Any] | None:
    try:
        value = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return value if isinstance(value, dict) else None
