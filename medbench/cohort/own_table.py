"""The table of a data set of one's own: every column as text, each row with its number in the spreadsheet."""

from __future__ import annotations

import csv
import gzip
import io
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.tables import sheet_lines
from medbench.errors import DataError, did_you_mean

__all__ = ["OwnTable", "read_own_table"]

DELIMITERS = ",;\t|"
"""Spreadsheets write ``;`` where the decimal mark is a comma."""


@dataclass(frozen=True)
class OwnTable:
    """A whole table.

    Attributes:
        file: where it was read from.
        columns: names of its columns, stripped, each once.
        rows: number of the row (the header is row 1) and its cells by column, stripped.
    """

    file: Path
    columns: tuple[str, ...]
    rows: tuple[tuple[int, dict[str, str]], ...]

    def place(self, number: int) -> str:
        """``labels.csv, row 12``: what an error is about."""
        return f"{self.file.name}, row {number}"

    def require(self, names: Iterable[str]) -> None:
        """Raises DataError MB602 when a column is not there."""
        for name in names:
            if name not in self.columns:
                hint = did_you_mean(name, self.columns)
                raise DataError("MB602", f"no column {name!r}", str(self.file), hint)


def read_own_table(file: Path) -> OwnTable:
    """Read a CSV, TSV or XLSX file with all its columns; blank rows and columns without a name are left out.

    Raises:
        DataError: MB602, no workbook; MB630, no UTF-8 text, no row, a column name twice, or a row with more
            cells than there are columns (a delimiter inside a text would move its labels).
    """
    lines = enumerate(_lines(file), start=1)
    header = [cell.strip() for cell in next(lines, (1, []))[1]]
    columns = tuple(filter(None, header))
    twice = next((name for name in columns if columns.count(name) > 1), None)
    if twice is not None:
        raise DataError("MB630", f"column {twice!r} is there twice", str(file), "rename one of the two")
    rows = tuple(
        (number, _named(file, header, cells, number))
        for number, cells in lines
        if any(cell.strip() for cell in cells)
    )
    if not rows:
        hint = "the first row names the columns, every further row is an image"
        raise DataError("MB630", "the table is empty", str(file), hint)
    return OwnTable(file, columns, rows)


def _named(file: Path, header: list[str], cells: list[str], number: int) -> dict[str, str]:
    if any(cell.strip() for cell in cells[len(header) :]):
        message = f"row {number} has {len(cells)} cells, the header has {len(header)}"
        raise DataError("MB630", message, str(file), "a text that holds the delimiter needs quotes around it")
    padded = [*cells, *[""] * (len(header) - len(cells))]
    return {name: cell.strip() for name, cell in zip(header, padded, strict=False) if name}


def _lines(file: Path) -> Iterator[list[str]]:
    if file.suffix.lower() == ".xlsx":
        yield from sheet_lines(file)
        return
    text = _text(file)
    header = re.sub(r'"[^"]*"', "", text.partition("\n")[0])
    try:
        # without strict, an open quote would swallow the rest of the table without a word
        yield from csv.reader(io.StringIO(text), delimiter=max(DELIMITERS, key=header.count), strict=True)
    except csv.Error as error:
        hint = "a text with a quotation mark needs quotes around it, and its own mark twice"
        raise DataError("MB630", f"not a table ({error})", str(file), hint) from error


def _text(file: Path) -> str:
    try:
        data = gzip.decompress(file.read_bytes()) if file.suffix == ".gz" else file.read_bytes()
        # UTF-16 without a mark at its start would pass for text with noughts between the letters
        if b"\x00" in data:
            raise EOFError
        return data.decode("utf-8-sig")
    except (UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        hint = "save it as CSV UTF-8, as TSV in UTF-8 or as XLSX"
        raise DataError("MB630", "the table is not UTF-8 text", str(file), hint) from error
