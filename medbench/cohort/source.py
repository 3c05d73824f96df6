"""The contract of a source reader: a provider's folder, untouched, becomes one table of samples."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, Protocol

__all__ = ["SAMPLE_MARK", "GroupUnit", "ImageRef", "SourceReader", "SourceRow", "SourceTable", "Value"]

SAMPLE_MARK = "MEDBENCH-SYNTHETIC.json"
"""File that ``medbench data sample`` leaves in a source's folder; what is read from there is synthetic."""

GroupUnit = Literal["patient", "lesion", "image", "case"]
Value = str | int | float | tuple[str, ...] | None


@dataclass(frozen=True)
class ImageRef:
    """Where one image lies.

    Attributes:
        path: relative to the source's root, with ``/``.
        index: row of the array when ``path`` is an ``.npy`` stack of images; ``None`` for an image file.
    """

    path: str
    index: int | None = None


@dataclass(frozen=True)
class SourceRow:
    """One sample as the provider ships it.

    Attributes:
        sample: the provider's sample id, as text, unique in the source.
        images: one image; several for some multiple-choice cases.
        part: the provider's own part (``train``, ``validation``, ``test``), ``all`` where there is none.
        group: patient, else lesion, else the sample id: what a split must never cut.
        values: columns by name; ``None`` is a missing, uncertain or "not gradable" value, never 0.
    """

    sample: str
    images: tuple[ImageRef, ...]
    part: str
    group: str
    values: Mapping[str, Value]


@dataclass(frozen=True)
class SourceTable:
    """All usable samples of a source.

    Attributes:
        rows: in any order; the cohort sorts them by ``sample``.
        group_unit: what ``SourceRow.group`` is in this source.
        exclusions: rows read and left out, counted by reason.
        missing_files: images that the label files name and the folder lacks (their rows are left out).
        missing_at: where the first of them is named; empty where the reader does not say.
        places: by sample, the file and row it stands in, for errors; empty where the reader does not say.
        absent_parts: what the provider ships beside what is there, in words, such as ``no test labels``.
    """

    source: str
    rows: tuple[SourceRow, ...]
    group_unit: GroupUnit
    exclusions: Mapping[str, int] = field(default_factory=dict)
    missing_files: int = 0
    missing_at: str = ""
    places: Mapping[str, str] = field(default_factory=dict)
    absent_parts: tuple[str, ...] = ()


class SourceReader(Protocol):
    """One provider's layout. A module in ``cohort/sources`` offers these two functions."""

    def find(self, root: Path) -> str:
        """Empty when the label files are there; otherwise what was looked for under ``root``. Cheap."""

    def read(self, root: Path, options: Mapping[str, str]) -> SourceTable:
        """Read the whole source.

        Args:
            root: the source's folder as downloaded.
            options: the spec's ``data.options`` for this source (a label or cohort rule by name).

        Raises:
            DataError: the layout is not the provider's; the message says what was found and expected.
        """
