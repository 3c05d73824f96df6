"""Which package can decompress a DICOM file's pixels, and what to install where none can."""

from __future__ import annotations

from pathlib import Path

from medbench.errors import DataError

__all__ = ["require_decoder"]

EXTENDED = "1.2.840.10008.1.2.4.51"
HIGH_THROUGHPUT = {f"1.2.840.10008.1.2.4.{number}" for number in (201, 202, 203)}


def require_decoder(syntax: str, bits: int, path: Path) -> None:
    """Refuse a transfer syntax that nothing installed can undo.

    Args:
        syntax: UID of the transfer syntax (PS3.6, table A-1).
        bits: bits stored a pixel.

    Raises:
        DataError: MB666; the hint has the line that installs the decoder.
    """
    from pydicom.pixels import get_decoder
    from pydicom.uid import UID

    name = UID(syntax).name
    try:
        decoder = get_decoder(UID(syntax))
    except NotImplementedError as fault:
        hint = "save the file without compression"
        raise DataError("MB666", f"the transfer syntax {name} is not known", str(path), hint) from fault
    able = set(decoder.available_plugins) if UID(syntax).is_encapsulated else {"pydicom"}
    # Pillow is offered for this syntax, and can do its eight-bit form alone
    if syntax == EXTENDED and bits > 8:
        able -= {"pillow"}
    if not able:
        raise DataError("MB666", f"nothing here decodes {name}", str(path), _install(syntax))


def _install(syntax: str) -> str:
    if syntax in HIGH_THROUGHPUT:
        return "pip install pylibjpeg pylibjpeg-openjpeg"
    return "pip install python-gdcm"
