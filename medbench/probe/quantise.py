"""Activations rounded to 8 bits a column, as the published scripts stored them (``utils.py``)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

__all__ = ["quantise"]

STEPS = 255


def quantise(X: NDArray[np.floating], extremes_of: NDArray[np.floating]) -> NDArray[np.float32]:
    """Each column rounded to 256 values between its extremes, and read back.

    scale = (max - min) / 255, zero = round(-min / scale), x -> (clip(round(x / scale) + zero, 0, 255) - zero)
    x scale. A constant column stays as it is: there the published code divides by zero.

    Args:
        X: (n, width).
        extremes_of: (m, width), the rows whose extremes are taken; what lies outside is clipped to them.
    """
    values, sample = np.asarray(X, dtype=np.float64), np.asarray(extremes_of, dtype=np.float64)
    low, high = sample.min(axis=0), sample.max(axis=0)
    constant = high <= low
    scale = np.where(constant, 1.0, (high - low) / STEPS)
    zero = np.round(-low / scale)
    stored = np.clip(np.round(values / scale) + zero, 0, STEPS)
    return np.where(constant, values, (stored - zero) * scale).astype(np.float32)
