"""DICOM (PS3.3, PS3.5) to RGB, eight bits a channel, by stated rules: docs/images.md."""

from __future__ import annotations

import warnings
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

from medbench.cohort.depth import scale_range
from medbench.cohort.dicom_decoders import require_decoder
from medbench.cohort.dicom_window import shown_grey
from medbench.errors import DataError

__all__ = ["is_dicom", "is_dicom_file", "read_dicom"]

MARK_AT, MARK = 128, b"DICM"
DEFLATED = "1.2.840.10008.1.2.1.99"
COLOURS = {"RGB", "YBR_FULL", "YBR_FULL_422", "YBR_ICT", "YBR_RCT"}
GREYS = {"MONOCHROME1", "MONOCHROME2"}


def is_dicom(data: bytes) -> bool:
    """Whether the bytes have the mark of a DICOM file, whatever its name; OAI's have no extension."""
    return data[MARK_AT : MARK_AT + len(MARK)] == MARK


def is_dicom_file(path: Path) -> bool:
    """``is_dicom`` of a file, of which the beginning alone is read.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        return is_dicom(stream.read(MARK_AT + len(MARK)))


def read_dicom(data: bytes, path: Path, max_pixels: int) -> Image.Image:
    """Decode one DICOM file with one frame.

    Args:
        data: the file's bytes; ``path`` is for messages.

    Raises:
        DataError: MB608 too many pixels; MB665 several frames; MB666 a decoder is missing; MB667 pydicom is
            missing; MB668 no image in it.
        Exception: whatever pydicom raises on a damaged file.
    """
    _require_pydicom(path)
    from pydicom import dcmread
    from pydicom.filereader import read_file_meta_info
    from pydicom.pixels import pixel_array

    # pydicom reads the meta information alone from a path only
    syntax = str(read_file_meta_info(path).TransferSyntaxUID)
    if syntax == DEFLATED:
        # a few bytes inflate to any size, and pydicom inflates all before the header can be read
        hint = "save the file without compression"
        raise DataError("MB666", "the deflated transfer syntax is refused", str(path), hint)
    header = dcmread(BytesIO(data), stop_before_pixels=True)
    _check(header, path, max_pixels)
    require_decoder(syntax, int(header.BitsStored), path)
    return Image.fromarray(_to_eight_bits(header, pixel_array(BytesIO(data)))).convert("RGB")


def _check(header: Any, path: Path, max_pixels: int) -> None:
    """Refuse what is no single image before any pixel is decoded."""
    where = str(path)
    if "Rows" not in header or "Columns" not in header or "PhotometricInterpretation" not in header:
        raise DataError("MB668", "no image in this DICOM file", where)
    kind = header.PhotometricInterpretation
    if kind not in {*COLOURS, *GREYS, "PALETTE COLOR"}:
        raise DataError("MB668", f"colours of the kind {kind!r} are not known", where)
    frames = int(header.get("NumberOfFrames") or 1)
    if frames != 1:
        hint = "save the frame that is meant as a file of its own"
        raise DataError("MB665", f"{frames} frames, where one image is expected", where, hint)
    if header.Rows * header.Columns > max_pixels:
        raise DataError("MB608", f"{header.Columns} x {header.Rows} pixels are refused", where)


def _to_eight_bits(header: Any, stored: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    if header.PhotometricInterpretation in GREYS:
        return shown_grey(header, stored)
    if header.PhotometricInterpretation == "PALETTE COLOR":
        from pydicom.pixels import apply_color_lut

        # a fourth channel is transparency, which a palette in DICOM has for blending with other images
        coloured = apply_color_lut(stored, header)[..., :3]
        # some tables declare sixteen bits and hold eight; pydicom reads big-endian ones so as well
        return scale_range(coloured, 0, 255 if coloured.max() <= 255 else 65535)
    # colour channels keep their proportions: they are scaled by what they can hold
    return scale_range(stored, 0, 2 ** int(header.BitsStored) - 1)


@cache
def _silence() -> None:
    """pydicom's warnings quote values, and a value may be a name."""
    from pydicom import config

    config.settings.reading_validation_mode = config.IGNORE
    warnings.filterwarnings("ignore", module=r"pydicom(\.|$)")


def _require_pydicom(path: Path) -> None:
    try:
        _silence()
    except ImportError as fault:
        hint = "pip install 'medbench[dicom]'"
        raise DataError("MB667", "pydicom is needed to read DICOM files", str(path), hint) from fault
