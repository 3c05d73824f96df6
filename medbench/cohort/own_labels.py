"""Several labels a row in one's own table: one column with a separator, or a column of 0 and 1 a label."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from medbench.cohort.tables import number
from medbench.errors import DataError

__all__ = ["list_columns", "list_value"]

Cells = Mapping[str, str | None]


def list_columns(lists: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    """The columns of a table that ``lists`` (the schema's key of this name) needs."""
    for declared in lists.values():
        yield from declared.get("columns", [declared.get("column")])


def list_value(declared: Mapping[str, Any], cells: Cells, place: str) -> tuple[str, ...] | None:
    """The labels of one row; ``None`` where they are not all known.

    Args:
        declared: one entry of ``lists``.
        cells: cells by column, ``None`` where a cell means: not known.
        place: file and row, for errors.

    Raises:
        DataError: MB631, a cell is neither 0 nor 1.
    """
    if "columns" not in declared:
        text = cells[declared["column"]]
        names = None if text is None else map(str.strip, text.split(declared.get("separator", "|")))
        return None if names is None else tuple(dict.fromkeys(filter(None, names)))
    present = {column: _is_present(column, cells[column], place) for column in declared["columns"]}
    # one unknown label makes the row unknown: as 0 it would be a wrong negative
    if None in present.values():
        return None
    return tuple(column for column, is_there in present.items() if is_there)


def _is_present(column: str, cell: str | None, place: str) -> bool | None:
    if cell is None:
        return None
    # 1.0 is how a spreadsheet or pandas writes a 1 in a column with gaps
    value = number(cell)
    if value not in (0, 1):
        hint = "a cell that means: not known belongs under missing"
        raise DataError("MB631", f"{column} is {cell!r}, neither 0 nor 1", place, hint)
    return value == 1
