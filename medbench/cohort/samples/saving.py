"""Write files whose bytes depend on their content only: no clock, no host name."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt
from PIL import Image

__all__ = ["save_image", "save_table", "save_text", "save_workbook"]

FIXED_DATE = "2000-01-01T00:00:00Z"


def save_image(path: Path, pixels: npt.NDArray[Any]) -> None:
    """Save pixels in the format of the file's ending; 16-bit grey as such, JPEG with little loss."""
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(pixels)
    if path.suffix.lower() in {".jpg", ".jpeg"}:
        image.save(path, format="JPEG", quality=60 if max(image.size) > 1000 else 88)
    else:
        image.save(path)


def save_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ","
) -> None:
    """Save a text table; ``None`` is an empty cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, delimiter=delimiter, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    save_text(path, stream.getvalue())


def save_text(path: Path, text: str) -> None:
    """Save text as UTF-8 with ``\\n`` line ends on every system."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())


def save_workbook(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """Save one sheet as XLSX; whole numbers given as ``float`` are written ``9001.0``, as some programs do.

    openpyxl writes the hour into the file in two ways; both are replaced.
    """
    from openpyxl import Workbook

    book = Workbook()
    whole: set[bytes] = set()
    for row in rows:
        whole |= {b"%d" % cell for cell in row if isinstance(cell, float) and cell.is_integer()}
        book.worksheets[0].append(list(row))
    raw = io.BytesIO()
    book.save(raw)
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(raw) as source, zipfile.ZipFile(path, "w") as target:
        for name in sorted(source.namelist()):
            content = source.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(?<=>)\d{4}-\d\d-\d\dT[\d:]+Z(?=<)", FIXED_DATE.encode(), content)
            if name == "xl/worksheets/sheet1.xml":
                content = re.sub(
                    rb"<v>(\d+)</v>", lambda m: b"<v>%b.0</v>" % m[1] if m[1] in whole else m[0], content
                )
            entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            target.writestr(entry, content, zipfile.ZIP_DEFLATED)
