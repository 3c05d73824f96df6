"""A folder that may not be read is said to be so, and never taken for a download that is missing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.faults import forbidden
from medbench.cohort.source import SourceReader, SourceTable
from medbench.errors import DataError

__all__ = ["Guarded"]


@dataclass(frozen=True)
class Guarded:
    """A reader whose ``PermissionError`` is the user's own to mend, with the file or folder named."""

    reader: SourceReader

    def find(self, root: Path) -> str:
        """As the reader's. Raises DataError MB661 for what may not be read."""
        try:
            _open(root)
            return self.reader.find(root)
        except PermissionError as error:
            raise _refused(error, root) from error

    def read(self, root: Path, options: Mapping[str, str]) -> SourceTable:
        """As the reader's. Raises DataError MB661 for what may not be read."""
        try:
            _open(root)
            return self.reader.read(root, options)
        except PermissionError as error:
            raise _refused(error, root) from error


def _open(root: Path) -> None:
    # newer versions of Python answer "not there" for what lies in a folder that may not be searched
    if root.is_dir():
        os.scandir(root).close()


def _refused(error: PermissionError, root: Path) -> DataError:
    place = Path(error.filename or root)
    # what is asked for inside a folder that may not be searched need not exist; the folder does
    for folder in reversed(place.parents):
        if folder.is_dir() and not os.access(folder, os.X_OK):
            place = folder
            break
    return forbidden(place)
