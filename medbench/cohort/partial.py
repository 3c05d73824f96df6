"""What of a download is not there: counted, said with what lies there instead, refused unless accepted."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import found_note
from medbench.cohort.source import SourceTable
from medbench.errors import DataError

__all__ = ["PartialError", "accept_partial", "lacks_of", "refuse_empty"]

Tables = Mapping[str, SourceTable]


class PartialError(DataError):
    """A download that is not whole (MB610).

    Attributes:
        lacks: what is not there, by source.
    """

    def __init__(self, what: str, lacks: Mapping[str, tuple[str, ...]], hint: str) -> None:
        super().__init__("MB610", what, hint=hint)
        self.lacks = lacks


def lacks_of(table: SourceTable) -> tuple[str, ...]:
    """What of a source's download is not there, without a name: ``3 of 83 images missing``, absent parts."""
    there = sum(len(row.images) for row in table.rows)
    missing = table.missing_files
    return (*([f"{missing} of {missing + there} images missing"] if missing else []), *table.absent_parts)


def accept_partial(tables: Tables, roots: Mapping[str, Path], allow_missing: bool) -> list[str]:
    """The deviations of a partial download.

    Raises:
        PartialError: there is one, and ``allow_missing`` is not set.
    """
    lacks = _lacks(tables)
    if lacks and not allow_missing:
        hint = "complete the download, or accept it with --allow-missing (the record is then open)"
        raise PartialError(f"partial download: {_described(lacks, tables, roots)}", lacks, hint)
    return [f"partial source {source}: {', '.join(found)}" for source, found in lacks.items()]


def refuse_empty(tables: Tables, roots: Mapping[str, Path], fault: DataError) -> None:
    """Say of a split that is empty (MB612) that the download is why, when something of it is not there.

    Raises:
        PartialError: the fault is that a split is empty, and the download is partial.
    """
    lacks = _lacks(tables)
    if fault.code == "MB612" and lacks:
        what = f"{fault.message}, for the download is partial: {_described(lacks, tables, roots)}"
        raise PartialError(what, lacks, "complete the download") from fault


def _lacks(tables: Tables) -> dict[str, tuple[str, ...]]:
    return {source: found for source, table in sorted(tables.items()) if (found := lacks_of(table))}


def _described(lacks: Mapping[str, tuple[str, ...]], tables: Tables, roots: Mapping[str, Path]) -> str:
    return "; ".join(
        f"{source}: {', '.join(found)}{_first(tables[source])}{_instead(tables[source], roots[source])}"
        for source, found in lacks.items()
    )


def _first(table: SourceTable) -> str:
    return f" (first: {table.missing_at})" if table.missing_at else ""


def _instead(table: SourceTable, root: Path) -> str:
    # where most images are there, an archive beside them was unpacked
    there = sum(len(row.images) for row in table.rows)
    return found_note(root) if table.missing_files > there else ""
