"""One image as it lies in its file, not yet decoded: what its address in the store is made of."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medbench.cohort.decks import picture
from medbench.cohort.faults import data_fault
from medbench.errors import DataError

__all__ = ["EncodedImage", "read_encoded"]

MAX_BYTES = 2**30
"""Larger files are refused: they are read whole."""


@dataclass(frozen=True)
class EncodedImage:
    """An image's bytes.

    Attributes:
        path: its file, for messages.
        data: the bytes of an image file or of a deck's picture, or an image of a stack (height, width[, 3]).
    """

    path: Path
    data: bytes | npt.NDArray[Any]

    @property
    def digest(self) -> str:
        """SHA-256 (hex) over the bytes, and for an image of a stack over its type and shape before them."""
        if isinstance(self.data, bytes):
            return hashlib.sha256(self.data).hexdigest()
        head = f"{self.data.dtype.str} {self.data.shape}\n".encode()
        return hashlib.sha256(head + np.ascontiguousarray(self.data).tobytes()).hexdigest()


def read_encoded(path: Path, index: int | None = None) -> EncodedImage:
    """Read one image without decoding it.

    Args:
        path: an image file, an ``.npy`` stack of images (count, height, width[, 3]), or a ``.pptx`` deck.
        index: which image of the stack, or which of ``decks.pictures``; ``None`` for an image file.

    Raises:
        DataError: MB601 no such file; MB661 it may not be read; MB607 it cannot be read; MB608 too large;
            MB609 not a stack of images, or no such image in it; MB664 no deck.
    """
    if path.suffix.lower() == ".pptx":
        return EncodedImage(path, picture(path, -1 if index is None else index))
    if index is not None or path.suffix == ".npy":
        return EncodedImage(path, _of_stack(path, index))
    try:
        if path.stat().st_size > MAX_BYTES:
            raise DataError("MB608", "files above 1 GiB are refused", str(path))
        return EncodedImage(path, path.read_bytes())
    except FileNotFoundError as error:
        raise DataError("MB601", "no such image file", str(path)) from error
    except PermissionError as error:
        raise data_fault(error, path) from error
    except OSError as error:
        raise DataError("MB607", f"unreadable image file ({error.strerror})", str(path)) from error


def _of_stack(path: Path, index: int | None) -> npt.NDArray[Any]:
    if not path.is_file():
        raise DataError("MB601", "no such image file", str(path))
    try:
        stack = np.load(path, mmap_mode="r", allow_pickle=False)
    except PermissionError as error:
        raise data_fault(error, path) from error
    except (OSError, ValueError, EOFError) as error:
        raise DataError("MB609", f"not a readable array ({error})", str(path)) from error
    if stack.ndim not in {3, 4} or (stack.ndim == 4 and stack.shape[3] != 3):
        raise DataError("MB609", f"shape {stack.shape} is no stack of images", str(path))
    if index is None or not 0 <= index < len(stack):
        raise DataError("MB609", f"no image {index} among {len(stack)}", str(path))
    return np.array(stack[index])
