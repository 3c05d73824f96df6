"""Reader ``image-folder``: a data set of one's own whose folders name the labels."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from medbench.cohort.image_files import missing_note, require_path
from medbench.cohort.own_paths import image_folder, is_image, walk_files
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder
from medbench.spec import LocalSource

__all__ = ["ImageFolder"]


@dataclass(frozen=True)
class ImageFolder:
    """Reads one source by its declaration, ``local_source`` in the task's schema."""

    source: LocalSource

    @property
    def settings(self) -> Mapping[str, Any]:
        """The declaration with its defaults."""
        return self.source.settings

    @cached_property
    def folder(self) -> str:
        """The folder with the images, relative to the source's folder."""
        return image_folder(self.source)

    def find(self, root: Path) -> str:
        """Empty when the folder is there; otherwise what was looked for."""
        return missing_note(root, self.folder, folder=True)

    def read(self, root: Path, options: Mapping[str, str]) -> SourceTable:  # noqa: ARG002
        """Every image at the bottom of the levels, each level's folder as a column of its name.

        Other files in a folder of images are counted; what lies elsewhere and is no image is not data.

        Args:
            options: none; a source of one's own says all in its declaration.

        Raises:
            DataError: MB601 without the folder, MB633 for a folder outside the source's.
        """
        base, levels = require_path(root, self.folder, folder=True), self.settings["levels"]
        table = TableBuilder(self.source.id, self.source.group[0])
        files = list(walk_files(base))
        with_images = {file[:-1] for file in files if is_image(file[-1])}
        for file in files:
            deep = len(file) - 1 == len(levels)
            if not is_image(file[-1]):
                if deep and file[:-1] in with_images:
                    table.exclude("not an image file")
            elif not deep:
                table.exclude(f"not {len(levels)} folders deep")
            else:
                place = base.joinpath(*file).relative_to(root).as_posix()
                table.add(self._row(place, dict(zip(levels, file[:-1], strict=True))), place)
        return table.build()

    def _row(self, path: str, names: Mapping[str, str]) -> SourceRow:
        group = names.get("patient", path)
        return SourceRow(path, (ImageRef(path),), names.get("split", "all"), group, dict(names))
