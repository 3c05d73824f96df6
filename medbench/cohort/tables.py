"""Label tables as text: CSV and its relatives, gzipped or not, XLSX, SAS. Ids are never read as numbers."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from medbench.cohort.faults import forbidden
from medbench.cohort.sas import sas_lines
from medbench.errors import DataError, did_you_mean

__all__ = ["header_of", "number", "read_rows", "read_xlsx_rows", "sheet_lines", "whole_id"]

Row = dict[str, str]
DAMAGED = "a download that was cut off, or a table saved again by another program? Download it again"


def read_rows(
    path: Path, need: Sequence[str], optional: Sequence[str] = (), fold: bool = False
) -> Iterator[Row]:
    """Rows of a text table with only the columns asked for, cells stripped.

    Args:
        path: a comma, tab or ``|`` separated file with a header, perhaps with a BOM or gzipped; or a
            SAS table.
        need: columns that must be there.
        optional: columns that are empty text where the file has none.
        fold: compare column names in lower case (OAI changed the case between visits).

    Raises:
        DataError: MB602, a needed column is not in the header; MB660, a row has more cells than the header
            or ends before a needed one, a quote stays open, or the file is in UTF-16 or not readable to
            its end.
    """
    lines = _lines(path)
    header = [_name(cell, fold) for cell in next(lines, [])]
    places = _places(path, header, need, optional)
    last = max((places[name] for name in need), default=0)
    for number, cells in enumerate(lines, start=2):
        if any(cells[len(header) :]) or (any(cells) and len(cells) <= last):
            message = f"row {number} has {len(cells)} cells, the header has {len(header)}"
            raise DataError("MB660", message, str(path), DAMAGED)
        if any(cells):
            yield {name: _cell(cells, at) for name, at in places.items()}


def header_of(path: Path) -> list[str]:
    """Column names of a text table, as written but stripped. Raises as ``read_rows`` does."""
    return [_name(cell, fold=False) for cell in next(_lines(path), [])]


def _lines(path: Path) -> Iterator[list[str]]:
    if path.suffix.lower() == ".sas7bdat":
        yield from sas_lines(path)
        return
    number = 1
    try:
        with _open(path) as stream:
            for cells in _reader(stream):
                number += 1
                yield cells
    # without strict, an open quote would swallow the rest of the table without a word
    except (csv.Error, gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise DataError("MB660", f"unreadable at row {number} ({error})", str(path), DAMAGED) from error
    except PermissionError as error:
        raise forbidden(path) from error


def read_xlsx_rows(path: Path, need: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row]:
    """As ``read_rows``, from the first sheet of a workbook; ``9001.0`` in an id cell reads ``9001``.

    Raises:
        DataError: MB602, a needed column is missing or the file is no workbook.
    """
    lines = sheet_lines(path)
    header = next(lines, [])
    places = _places(path, header, need, optional)
    for cells in lines:
        if any(cells):
            yield {name: _cell(cells, at) for name, at in places.items()}


def sheet_lines(path: Path) -> Iterator[list[str]]:
    """Every line of the first sheet of a workbook as text, blank ones too.

    Raises:
        DataError: MB602, the file is no workbook.
    """
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except Exception as error:  # openpyxl lets the errors of zipfile, XML and its own checks through
        raise DataError("MB602", f"not a readable workbook ({error})", str(path)) from error
    try:
        for line in book.worksheets[0].iter_rows(values_only=True):
            yield [_text(cell) for cell in line]
    finally:
        book.close()


def number(text: str) -> float | None:
    """A finite number, or ``None`` for a blank, ``nan`` or anything that is not one."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < float("inf") else None


def whole_id(text: str) -> str:
    """An id without the ``.0`` of a program that took it for a number: ``9001.0`` is ``9001``."""
    plain = text.removesuffix(".0")
    return plain if plain.isascii() and plain.isdigit() else text


def _open(path: Path) -> io.TextIOWrapper:
    raw = cast(IO[bytes], gzip.GzipFile(path) if path.suffix == ".gz" else path.open("rb"))
    # free text of some providers is not UTF-8; the label columns read here are ASCII
    return io.TextIOWrapper(raw, encoding="utf-8-sig", errors="replace", newline="")


def _reader(stream: io.TextIOWrapper) -> Iterator[list[str]]:
    first = stream.readline()
    if "\x00" in first:
        raise csv.Error("not UTF-8: UTF-16, or no text at all")
    delimiter = max(",\t|", key=first.count)
    # readline may not be undone on a gzip stream, and the header of these files is always one line
    yield next(csv.reader([first], delimiter=delimiter), [])
    yield from csv.reader(stream, delimiter=delimiter, strict=True)


def _name(cell: str, fold: bool) -> str:
    return cell.strip().lower() if fold else cell.strip()


def _places(path: Path, header: list[str], need: Sequence[str], optional: Sequence[str]) -> dict[str, int]:
    missing = [name for name in need if name not in header]
    if missing:
        hint = did_you_mean(missing[0], filter(None, header))
        raise DataError("MB602", f"no column {missing[0]!r}", str(path), hint)
    return {name: header.index(name) if name in header else -1 for name in (*need, *optional)}


def _cell(cells: Sequence[str], at: int) -> str:
    return cells[at].strip() if 0 <= at < len(cells) else ""


def _text(cell: object) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
