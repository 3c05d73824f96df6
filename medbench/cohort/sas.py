"""SAS tables (``.sas7bdat``) as text, by ReadStat (github.com/WizardMac/ReadStat) through pyreadstat."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from medbench.errors import DataError

__all__ = ["sas_lines"]


def sas_lines(path: Path) -> Iterator[list[str]]:
    """Header and rows; whole numbers without ``.0``, every kind of missing value as empty text.

    Raises:
        DataError: MB663 without pyreadstat, MB660 for what is no such table.
    """
    try:
        import pyreadstat
    except ImportError as error:
        hint = "pip install 'medbench[sas]', or use the provider's text form of the table"
        raise DataError("MB663", "SAS files need pyreadstat", str(path), hint) from error
    try:
        columns, meta = pyreadstat.read_sas7bdat(str(path), output_format="dict")
    # its own exception classes and, for some damage, plain ones
    except Exception as error:
        raise DataError("MB660", f"not a readable SAS table ({error})", str(path)) from error
    names = list(meta.column_names)
    yield names
    for cells in zip(*(columns[name] for name in names), strict=True):
        yield [_text(cell) for cell in cells]


def _text(cell: object) -> str:
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
