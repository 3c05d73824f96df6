"""What a check of data finds, and the things it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from medbench.cohort.cohort import Cohort
from medbench.cohort.source import ImageRef
from medbench.spec import Task

__all__ = ["Check", "Finding", "Part", "Severity", "Use"]

Severity = Literal["error", "warning"]
Check = Literal[
    "missing", "partial", "cohort", "counts", "unreadable", "checksum", "edition", "groups", "duplicates",
    "near-duplicates", "exemplars",
]  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One kind of trouble at one place.

    Attributes:
        severity: ``error`` for what a run refuses or lacks.
        where: task or source, with the split where it is of one.
        message: without ids, paths and names.
        count: how many there are.
        images: which they are, single or in pairs, as source and image.
        at_least: there are more than could be counted.
    """

    check: Check
    severity: Severity
    where: str
    message: str
    count: int = 1
    images: tuple[tuple[tuple[str, ImageRef], ...], ...] = ()
    at_least: bool = False


@dataclass(frozen=True)
class Use:
    """An image in a split of a task, or in a provider's part of a source."""

    part: str
    split: str
    source: str
    image: ImageRef
    group: str | int


@dataclass(frozen=True)
class Part:
    """A task or a source that is checked.

    Attributes:
        name: task or source id.
        discipline: near-duplicates are looked for among the parts of one discipline.
        roots: folders of its sources that are there.
        uses: its images.
        counts: found, and expected where the spec says so.
        findings: what was found before any image was read.
        synthetic: the editions of a provider are not expected of it.
    """

    name: str
    discipline: str
    roots: Mapping[str, Path]
    uses: tuple[Use, ...] = ()
    counts: Mapping[str, Any] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    synthetic: bool = False
    task: Task | None = None
    cohort: Cohort | None = None
