"""Reader ``image-csv``: a data set of one's own whose table names the images."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import missing_note, require_path
from medbench.cohort.image_lookup import ImageLookup
from medbench.cohort.own_labels import list_columns, list_value
from medbench.cohort.own_paths import image_folder, inside
from medbench.cohort.own_table import OwnTable, read_own_table
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder
from medbench.spec import LocalSource

__all__ = ["ImageCsv"]


@dataclass(frozen=True)
class ImageCsv:
    """Reads one source by its declaration, ``local_source`` in the task's schema."""

    source: LocalSource

    @property
    def settings(self) -> Mapping[str, Any]:
        """The declaration with its defaults."""
        return self.source.settings

    @cached_property
    def table(self) -> str:
        """The table's path relative to the source's folder."""
        return inside(self.settings["table"], f"{self.source.id}: table")

    @cached_property
    def folder(self) -> str:
        """The folder with the images, relative to the source's folder."""
        return image_folder(self.source)

    def find(self, root: Path) -> str:
        """Empty when the table is there; otherwise what was looked for."""
        return missing_note(root, self.table)

    def read(self, root: Path, options: Mapping[str, str]) -> SourceTable:  # noqa: ARG002
        """Rows with every column of the table as text and each of ``lists`` as a tuple of labels.

        Args:
            options: none; a source of one's own says all in its declaration.

        Raises:
            DataError: MB601 without the table, MB602 without a column, MB605 or MB637 for an image, MB606 for
                an image in two rows, MB630 for what is no table, MB631 for a cell, MB633 for a path.
        """
        table = read_own_table(require_path(root, self.table))
        table.require(self._needed())
        reading = _Reading(self, table, ImageLookup(root), TableBuilder(self.source.id, self.source.group[0]))
        for number, cells in table.rows:
            reading.add(number, cells)
        return reading.builder.build()

    def _needed(self) -> list[str]:
        single = (self.settings.get(key) for key in ("image", "patient", "lesion", "split"))
        return [name for name in (*single, *list_columns(self.settings["lists"])) if name is not None]


@dataclass(frozen=True)
class _Reading:
    """One table on its way to a ``SourceTable``."""

    reader: ImageCsv
    table: OwnTable
    lookup: ImageLookup
    builder: TableBuilder

    def add(self, number: int, cells: Mapping[str, str]) -> None:
        """Keep a row, or count why it is left out."""
        settings, place = self.reader.settings, self.table.place(number)
        known = {name: None if cell in settings["missing"] else cell for name, cell in cells.items()}
        lack = self._lack(known)
        if lack:
            self.builder.exclude(lack)
            return
        image = self.lookup.find(inside(str(known[settings["image"]]), place, self.reader.folder), place)
        if image is None:
            self.builder.miss_file(place)
            return
        lists = {key: list_value(declared, known, place) for key, declared in settings["lists"].items()}
        part, group = known.get(settings.get("split") or ""), known.get(self.reader.source.group[1] or "")
        row = SourceRow(image, (ImageRef(image),), part or "all", group or image, {**known, **lists})
        self.builder.add(row, place)

    def _lack(self, known: Mapping[str, str | None]) -> str:
        """Why a row cannot be used; an empty cell names nothing, even where it is not called missing."""
        unit, column = self.reader.source.group
        split = self.reader.settings.get("split")
        if not known[self.reader.settings["image"]]:
            return "no image named"
        if column and not known[column]:
            return f"no {unit}"
        return "no split" if split and not known[split] else ""
