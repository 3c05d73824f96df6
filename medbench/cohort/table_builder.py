"""Collect a source's rows, count what is left out and why, and read a reader's options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from medbench.cohort.source import GroupUnit, SourceRow, SourceTable
from medbench.errors import DataError, did_you_mean

__all__ = ["TableBuilder", "choose"]


class TableBuilder:
    """Rows of one source on the way to a ``SourceTable``."""

    def __init__(self, source: str, group_unit: GroupUnit) -> None:
        self.source = source
        self.group_unit = group_unit
        self._rows: dict[str, SourceRow] = {}
        self._exclusions: Counter[str] = Counter()
        self._missing_files = 0
        self._missing_at = ""
        self._places: dict[str, str] = {}
        self._absent: list[str] = []

    def add(self, row: SourceRow, place: str = "") -> None:
        """Keep a row.

        Args:
            place: the file and row it stands in, for errors.

        Raises:
            DataError: MB606, its sample id was there already.
        """
        if row.sample in self._rows:
            first = self._places.get(row.sample)
            also = f", first in {first}" if first else ""
            raise DataError("MB606", f"sample {row.sample!r} is there twice{also}", place or self.source)
        self._rows[row.sample] = row
        if place:
            self._places[row.sample] = place

    def exclude(self, reason: str) -> None:
        """Count a row that is left out because of what it says."""
        self._exclusions[reason] += 1

    def miss_file(self, place: str = "") -> None:
        """Count a row, at ``place``, that is left out because its image is not there."""
        self._missing_files += 1
        self._missing_at = self._missing_at or place

    def lack(self, part: str) -> None:
        """Note a part that the provider ships and the folder lacks, in words."""
        self._absent.append(part)

    def build(self) -> SourceTable:
        """The table, rows in the order of their sample ids."""
        rows = tuple(self._rows[sample] for sample in sorted(self._rows))
        exclusions = dict(sorted(self._exclusions.items()))
        return SourceTable(
            self.source,
            rows,
            self.group_unit,
            exclusions,
            self._missing_files,
            self._missing_at,
            self._places,
            tuple(self._absent),
        )


def choose(
    source: str, options: Mapping[str, str], known: Mapping[str, Sequence[str]] | None = None
) -> dict[str, str]:
    """The value of every option of a reader; the first of its known values where the spec says nothing.

    Raises:
        DataError: MB603, the spec names an option or a value that the reader does not know.
    """
    known = known or {}
    for name, value in options.items():
        if name not in known:
            raise DataError("MB603", f"no option {name!r}", where=source, hint=did_you_mean(name, known))
        if value not in known[name]:
            hint = did_you_mean(str(value), known[name])
            raise DataError("MB603", f"option {name!r} is {value!r}", where=source, hint=hint)
    return {name: options.get(name, values[0]) for name, values in known.items()}
