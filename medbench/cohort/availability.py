"""Where each source is, and whether it is there: cheap, before anything is read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.sources import reader

__all__ = ["SourceState", "source_states"]


@dataclass(frozen=True)
class SourceState:
    """A source under the data root.

    Attributes:
        root: its folder; ``None`` when the user named no data folder at all.
        lack: what is missing; empty when the label files are there.
    """

    source: str
    root: Path | None
    lack: str


def source_states(sources: Sequence[str], data_root: Path | None) -> list[SourceState]:
    """State of each source; ``data_root`` ``None`` means that the user named no folder."""
    states: list[SourceState] = []
    for source in sources:
        if data_root is None:
            states.append(SourceState(source, None, "no data folder named"))
            continue
        root = data_root / source
        lack = reader(source).find(root) if root.is_dir() else f"no folder {root}"
        states.append(SourceState(source, root, lack))
    return states
