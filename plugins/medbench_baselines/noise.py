"""Random numbers that belong to an image."""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

from medbench.models import ImagePart

__all__ = ["WIDTH", "draw"]

WIDTH = 64


def draw(image: ImagePart) -> NDArray[np.float32]:
    """Standard normal, float32 (64,), from Philox keyed by the SHA-256 of the image's digest.

    Equal images get equal vectors, in any order and batch; different ones have nothing in common. The normals
    are made here (Box and Muller 1958), because numpy may change its own between releases.
    """
    key = int.from_bytes(hashlib.sha256(image.digest.encode()).digest()[:16], "little")
    raw = np.random.Philox(key=key).random_raw(2 * WIDTH)
    u = ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    radius, angle = np.sqrt(-2.0 * np.log(u[:WIDTH])), 2.0 * np.pi * u[WIDTH:]
    return (radius * np.cos(angle)).astype(np.float32)
