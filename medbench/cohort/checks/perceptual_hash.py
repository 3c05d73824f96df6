"""A 64-bit perceptual hash: the same picture at another size or quality has nearly the same one.

The DCT hash of Zauner, "Implementation and benchmarking of perceptual image hash functions" (2010), as the
``imagehash`` package computes it: grey, 32 x 32 pixels, the 8 x 8 lowest frequencies against their median.
"""

from __future__ import annotations

import numpy as np
from PIL import Image
from scipy.fft import dctn

__all__ = ["perceptual_hash"]

SIDE = 32
LOW = 8


def perceptual_hash(image: Image.Image) -> int:
    """The hash as an unsigned number of 64 bits, the lowest frequency in its highest bit.

    Args:
        image: any mode that Pillow turns to grey; 8-bit RGB as ``decode`` gives it.
    """
    small = image.convert("L").resize((SIDE, SIDE), Image.Resampling.LANCZOS)
    low = dctn(np.asarray(small, dtype=np.float64), type=2)[:LOW, :LOW]
    bits = (low > np.median(low)).ravel()
    return int.from_bytes(np.packbits(bits).tobytes(), "big")
