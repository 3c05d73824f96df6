"""Names of image files that can be written down: a cohort, a salted id and a digest hold them as UTF-8."""

from __future__ import annotations

from medbench.cohort.source import SourceTable
from medbench.errors import DataError

__all__ = ["check_file_names"]


def check_file_names(table: SourceTable) -> None:
    """Refuse names that are no UTF-8, as archives from other systems leave them.

    Raises:
        DataError: MB670, with the first such name escaped.
    """
    for path in (image.path for row in table.rows for image in row.images):
        try:
            path.encode()
        except UnicodeEncodeError as fault:
            hint = "rename it, or unpack the archive again with its own encoding"
            raise DataError(
                "MB670", f"{table.source}: a file's name is not UTF-8", ascii(path), hint
            ) from fault
