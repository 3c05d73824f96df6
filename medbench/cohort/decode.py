"""One decoding contract for every model: a file becomes an 8-bit RGB image, or an error that says why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile, ImageOps, UnidentifiedImageError

from medbench.cohort.depth import scale_to_maximum
from medbench.cohort.dicom import is_dicom, read_dicom
from medbench.cohort.encoded import EncodedImage, read_encoded
from medbench.cohort.faults import data_fault
from medbench.errors import DataError

__all__ = ["DECODER", "MAX_PIXELS", "decode", "decode_encoded", "digest", "is_black", "prepare"]

DECODER = "medbench.decode/2"
"""Raised when the same file may give other pixels than before; ``docs/images.md`` says which files did."""

MAX_PIXELS = 150_000_000
"""Larger images are refused: a small file can hold an image that fills the memory."""

SAID = 200
"""Characters of a parser's own words that a message quotes."""

DEEP_MODES = {"I", "F", "I;16", "I;16B", "I;16L", "I;16N"}
"""Pillow's grey modes of more than eight bits; its own conversion to RGB would clip them to white."""

PHOTOMETRIC, WHITE_IS_ZERO = 262, 0
"""TIFF 6.0, section 8; Pillow heeds it up to eight bits."""


def decode(path: Path, index: int | None = None) -> Image.Image:
    """Decode one image to RGB, eight bits a channel, by the rules of ``docs/images.md``.

    What a file is follows from its content, not from its name. Of several pictures in one file (GIF, WebP,
    TIFF) the first is meant; DICOM with several frames is refused.

    Args:
        path: an image file, an ``.npy`` stack of images (count, height, width[, 3]) with values 0 to 255, or
            a ``.pptx`` deck.
        index: which image of the stack, or which of ``decks.pictures``; ``None`` for an image file.

    Raises:
        DataError: MB601 no such file; MB661 it may not be read; MB607 truncated, damaged or of an unknown
            format; MB608 too many pixels; MB609 not a stack of images, or no such image in it;
            MB664 no deck; MB665 to MB668 DICOM that is no single image, or for which a package is missing.
    """
    return decode_encoded(read_encoded(path, index), index)


def decode_encoded(encoded: EncodedImage, index: int | None = None) -> Image.Image:
    """Decode what ``read_encoded`` read; raises as ``decode``.

    Args:
        index: of an image of a stack, for messages.
    """
    path, data = encoded.path, encoded.data
    if not isinstance(data, bytes):
        return _from_stack(data, path, index)
    # another library may have set Pillow's global switch; half an image must never pass for a whole one
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    with _told(path):
        return read_dicom(data, path, MAX_PIXELS) if is_dicom(data) else _from_picture(BytesIO(data), path)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except DataError:
        raise
    except FileNotFoundError as error:
        raise DataError("MB601", "no such image file", str(path)) from error
    except PermissionError as error:
        raise data_fault(error, path) from error
    except UnidentifiedImageError as error:
        raise DataError("MB607", "unreadable image format", str(path)) from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise DataError("MB608", f"too many pixels ({error})", str(path)) from error
    except MemoryError as error:
        raise DataError("MB608", "more memory is needed than there is", str(path)) from error
    # damaged bytes make the parsers of a dozen formats raise whatever they run into
    except Exception as error:
        said = " ".join(str(error).split())[:SAID] or type(error).__name__
        raise DataError("MB607", f"truncated or damaged image ({said})", str(path)) from error


def _from_picture(file: BytesIO, path: Path) -> Image.Image:
    with Image.open(file) as image:
        if image.width * image.height > MAX_PIXELS:
            raise DataError("MB608", f"{image.width} x {image.height} pixels are refused", str(path))
        image.load()
        inverted = getattr(image, "tag_v2", {}).get(PHOTOMETRIC) == WHITE_IS_ZERO
        return _to_rgb(ImageOps.exif_transpose(image), inverted)


def prepare(image: Image.Image, max_side: int, normalise: Literal["none", "image-max"]) -> Image.Image:
    """The image a model sees before its own processor.

    Args:
        image: RGB, eight bits.
        max_side: longest side in pixels; larger images are reduced with an antialiasing bicubic filter,
            aspect kept; smaller ones stay as they are.
        normalise: ``image-max`` scales the image so that its brightest value is 255; black stays black.
    """
    longest = max(image.size)
    if longest > max_side:
        width, height = (max(1, round(side * max_side / longest)) for side in image.size)
        image = image.resize((width, height), Image.Resampling.BICUBIC)
    if normalise == "image-max":
        pixels = np.asarray(image)
        if 0 < pixels.max() < 255:
            image = Image.fromarray(scale_to_maximum(pixels))
    return image


def digest(image: Image.Image) -> str:
    """SHA-256 (hex) over mode, size and pixels: equal images have equal digests on every machine."""
    head = f"{image.mode} {image.width}x{image.height}\n".encode()
    return hashlib.sha256(head + image.tobytes()).hexdigest()


def is_black(image: Image.Image) -> bool:
    """Whether every pixel is 0: nothing to see, and mostly a fault of the file."""
    return image.getbbox() is None


def _to_rgb(image: Image.Image, inverted: bool) -> Image.Image:
    if image.mode in DEEP_MODES:
        values: npt.NDArray[Any] = np.asarray(image).astype(np.float64)
        return Image.fromarray(scale_to_maximum(values.max() - values if inverted else values)).convert("RGB")
    if image.mode in {"RGBA", "LA", "PA", "La", "RGBa"} or "transparency" in image.info:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        return Image.alpha_composite(white, image).convert("RGB")
    return image.convert("RGB")


def _from_stack(pixels: npt.NDArray[Any], path: Path, index: int | None) -> Image.Image:
    if not np.isfinite(pixels).all() or pixels.min() < 0 or pixels.max() > 255:
        raise DataError("MB609", f"image {index} has values outside 0 to 255", str(path))
    return Image.fromarray(np.rint(pixels).astype(np.uint8)).convert("RGB")
