"""Where each source is, and whether it is there: cheap, before anything is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from medbench.cohort.faults import told
from medbench.cohort.sources import local_reader, reader
from medbench.errors import DataError
from medbench.spec import DataSpec

__all__ = ["SourceState", "source_states"]

NOWHERE: Mapping[str, Path] = MappingProxyType({})


@dataclass(frozen=True)
class SourceState:
    """A source and its folder.

    Attributes:
        root: its folder; ``None`` when the user named no folder for it.
        lack: what is missing; empty when the label files are there.
    """

    source: str
    root: Path | None
    lack: str


def source_states(
    data: DataSpec, data_root: Path | None, source_paths: Mapping[str, Path] = NOWHERE
) -> list[SourceState]:
    """State of each source of a task, in the order of its spec.

    Args:
        data_root: folder with one folder a source; ``None`` when the user named none.
        source_paths: folders of single sources, which go before ``data_root``. A data set of one's own that
            is in neither lies beside the spec that declares it.
    """
    return [_state(data, source, _root(data, source, data_root, source_paths)) for source in data.sources]


def _root(
    data: DataSpec, source: str, data_root: Path | None, source_paths: Mapping[str, Path]
) -> Path | None:
    if source in source_paths:
        return source_paths[source]
    under = data_root / source if data_root is not None else None
    if source in data.local and (under is None or not under.is_dir()):
        return data.local[source].home
    return under


def _state(data: DataSpec, source: str, root: Path | None) -> SourceState:
    if root is None:
        return SourceState(source, None, "no data folder named")
    if not root.is_dir():
        return SourceState(source, root, f"no folder {root}")
    own = data.local.get(source)
    try:
        return SourceState(source, root, (local_reader(own) if own else reader(source)).find(root))
    except (DataError, OSError) as fault:
        return SourceState(source, root, told(fault, source))
