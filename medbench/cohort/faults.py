"""Faults of data in words: what a folder refuses, and what a report may say of it without naming an image."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from medbench.errors import DataError, describe_os_error

__all__ = ["data_fault", "forbidden", "told"]

HINT = "let your account read it (chmod, or ask whoever keeps the folder)"

NAMING: Mapping[str, str] = {
    "MB605": "two image files have the same name but for their ending",
    "MB606": "two rows are of one sample",
    "MB633": "a path leads out of the source's folder",
    "MB637": "a file that a table names is no image",
    "MB662": "the same data is there twice",
}
"""Codes whose own words name a file or a sample, and what is said instead."""

TABLE = re.compile(r"(?i)\.(?:csv|tsv|txt|xlsx|json|sas7bdat|ya?ml)\b")
"""What tells a place in a table from an image, whose name may be a patient's."""


def forbidden(place: Path | str) -> DataError:
    """MB661: what is there and may not be read."""
    return DataError("MB661", "is there and may not be read", str(place), HINT)


def data_fault(fault: OSError, place: Path | str = "") -> DataError:
    """MB661 for what may not be read, MB023 for whatever else the system refuses.

    Args:
        place: what was read, for a fault that names no file.
    """
    where = str(fault.filename or place)
    if isinstance(fault, PermissionError):
        return forbidden(where)
    return DataError("MB023", describe_os_error(fault).message, where)


def told(fault: DataError | OSError, place: str = "") -> str:
    """Code and words for a report that others may see: no image, sample or patient is named.

    A table and its row are named, for they say nothing about a person; the error on the screen says the rest.

    Args:
        place: source or task, which stands where a file may not.
    """
    known = data_fault(fault) if isinstance(fault, OSError) else fault
    where = place if _names_image(known.where) else known.where
    if known.code in NAMING:
        return str(DataError(known.code, NAMING[known.code], where, f"medbench explain {known.code}"))
    return str(DataError(known.code, known.message, where, known.hint))


def _names_image(where: str) -> bool:
    return not TABLE.search(where) and (bool(Path(where).suffix) or Path(where).is_file())
