"""What is found out about one image: pixels, looks, size and depth."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import PIL
from PIL import Image

from medbench.cohort.checks.perceptual_hash import perceptual_hash
from medbench.cohort.decode import DECODER, decode, digest, prepare
from medbench.errors import DataError

__all__ = ["FACTS", "ImageFacts", "inspect_image"]

FACTS = f"medbench.facts/1 {DECODER} pillow {PIL.__version__}"
"""What remembered facts depend on beside the file."""

MAX_SIDE = 1024
DEPTHS = {"1": 1, "I": 16, "F": 32}
"""Bits of a channel by Pillow's mode; ``I;16`` and its kin are 16, all others 8."""


@dataclass(frozen=True)
class ImageFacts:
    """Facts of one readable image.

    Attributes:
        digest: SHA-256 (hex) of the prepared pixels, longest side at most 1024.
        looks: 64-bit perceptual hash.
        width, height: pixels as stored.
        depth: bits of a channel as stored; 0 where the file is in no format that Pillow opens.
        channels: 1 for grey, else 3 or more; 0 as for ``depth``.
    """

    digest: str
    looks: int
    width: int
    height: int
    depth: int
    channels: int

    def to_text(self) -> str:
        """For the memory."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_text(cls, text: str) -> ImageFacts:
        """Read ``to_text`` back."""
        return cls(**json.loads(text))


def inspect_image(path: Path, index: int | None) -> ImageFacts:
    """Decode one image and say what it is.

    Raises:
        DataError: it cannot be decoded, as ``decode`` says.
    """
    # in the order in which a broken file fails: the decoder's words are the better ones
    decoded = decode(path, index)
    width, height, depth, channels = _stored(path, index) or (*decoded.size, 0, 0)
    prepared = prepare(decoded, MAX_SIDE, "none")
    return ImageFacts(digest(prepared), perceptual_hash(prepared), width, height, depth, channels)


def _stored(path: Path, index: int | None) -> tuple[int, int, int, int] | None:
    if index is not None:
        stack = np.load(path, mmap_mode="r", allow_pickle=False)
        # stacks hold values 0 to 255, whatever their type
        return stack.shape[2], stack.shape[1], 8, stack.shape[3] if stack.ndim == 4 else 1
    try:
        with Image.open(path) as image:
            depth = 16 if image.mode.startswith("I;16") else DEPTHS.get(image.mode, 8)
            return *image.size, depth, 3 if image.mode == "P" else len(image.getbands())
    except (OSError, DataError):
        return None
