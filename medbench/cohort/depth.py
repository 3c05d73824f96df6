"""More than eight bits a pixel become eight: scaled, never clipped."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["scale_range", "scale_to_maximum"]


def scale_range(values: npt.NDArray[Any], low: float, high: float) -> npt.NDArray[np.uint8]:
    """Map ``low`` to 0 and ``high`` to 255, linearly, to the nearest level; an empty range becomes 0.

    Args:
        values: any shape, all between ``low`` and ``high``.
    """
    if high <= low:
        return np.zeros(values.shape, np.uint8)
    return np.rint((values - low) * (255 / (high - low))).astype(np.uint8)


def scale_to_maximum(values: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Map the largest value to 255 and 0 to 0; where values are negative, the smallest to 0.

    Raises:
        ValueError: a value is not finite.
    """
    values = values.astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("pixels that are not finite")
    return scale_range(values, min(float(values.min()), 0.0), float(values.max()))
