"""Which colours an image has, and nothing of where they are.

On NCT-CRC-HE tiles such a histogram alone names the tissue in over 82 % of cases (arXiv 2409.11546): a model
that does no better there has learned the stain.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from medbench.models import ImagePart

__all__ = ["WIDTH", "count"]

BINS = 8
WIDTH = BINS**3
SIDE = 128


def count(image: ImagePart) -> NDArray[np.float32]:
    """Share of pixels in each of 8 x 8 x 8 cells of RGB, float32 (512,), sum 1.

    An image of more than 128 pixels a side is thinned first, which keeps its colours; averaging mixes them.
    """
    pixels = np.asarray(image.image.convert("RGB"))
    rows, columns = (np.linspace(0, size - 1, min(size, SIDE)).astype(int) for size in pixels.shape[:2])
    cells = (pixels[np.ix_(rows, columns)] // (256 // BINS)).astype(np.int64)
    index = (cells[..., 0] * BINS + cells[..., 1]) * BINS + cells[..., 2]
    counts = np.bincount(index.ravel(), minlength=WIDTH)
    return np.asarray(counts / counts.sum(), dtype=np.float32)
