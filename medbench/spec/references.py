"""Reference checks: every file and source that a task names is there."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from medbench.errors import did_you_mean
from medbench.spec.faults import Fault, Origin
from medbench.spec.parse import Key

__all__ = ["is_file", "reference_faults", "reference_file"]


def reference_faults(
    value: Mapping[str, Any], origins: Mapping[Key, Origin], sources: Collection[str] | None
) -> list[Fault]:
    """Names in a resolved task, whose keys and types are already right, that lead nowhere."""
    faults = [] if sources is None else list(_sources(value["data"], origins, sources))
    file = reference_file(value, origins)
    if file is not None and not is_file(file):
        faults.append(Fault(origins[("reference",)], "MB307", f"no file {value['reference']!r}"))
    return faults


def reference_file(value: Mapping[str, Any], origins: Mapping[Key, Origin]) -> Path | None:
    """The file with the published numbers, beside the file that names it, which may be an extended one."""
    return origins[("reference",)].file.parent / value["reference"] if "reference" in value else None


def is_file(path: Path) -> bool:
    """``Path.is_file`` for a name that a person typed, which need not be one that the system can hold."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _sources(
    data: Mapping[str, Any], origins: Mapping[Key, Origin], sources: Collection[str]
) -> Iterator[Fault]:
    for key in ("train", "test", "cases"):
        for index, part in enumerate(data.get(key, ())):
            source = part if isinstance(part, str) else part["source"]
            if source not in sources:
                where = origins["data", key, index]
                yield Fault(where, "MB306", f"no source {source!r}", did_you_mean(source, sources))
