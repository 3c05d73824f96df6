"""What a grey DICOM image shows: modality transform, window, polarity, padding, in this order (PS3.3)."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from medbench.cohort.depth import scale_range

__all__ = ["shown_grey"]

Values = npt.NDArray[Any]


def shown_grey(header: Any, stored: Values) -> npt.NDArray[np.uint8]:
    """Eight-bit grey as a viewer would first show it: 0 is black in both polarities.

    Args:
        header: the dataset without its pixels.
        stored: stored values (height, width).

    Raises:
        ValueError: a value is not finite.
    """
    from pydicom.pixels import apply_modality_lut

    values = apply_modality_lut(stored, header).astype(np.float64)
    if not np.isfinite(values).all():
        raise ValueError("pixels that are not finite")
    padding = _padding(header, stored)
    shown = _windowed(header, values, padding)
    if header.PhotometricInterpretation == "MONOCHROME1":
        shown = 255 - shown
    shown[padding] = 0
    return shown


def _windowed(header: Any, values: Values, padding: Values) -> npt.NDArray[np.uint8]:
    """The first look-up table, else the first window, else all that is there from lowest to highest."""
    table = _look_up_table(header, values)
    window = _window(header) if table is None else None
    shown = _apply_window(values, *window) if window else table
    image = values[~padding]
    # a window beside the values shows nothing; it is a slip in the header, and no reason to score a blank
    if shown is not None and (np.ptp(shown[~padding]) if image.size else 0) > 0:
        return shown
    low, high = (image.min(), image.max()) if image.size else (0.0, 0.0)
    return scale_range(np.clip(values, low, high), low, high)


def _look_up_table(header: Any, values: Values) -> npt.NDArray[np.uint8] | None:
    if not header.get("VOILUTSequence"):
        return None
    from pydicom.pixels import apply_voi

    bits = int(header.VOILUTSequence[0].LUTDescriptor[2])
    return scale_range(np.clip(apply_voi(values.astype(np.int64), header, 0), 0, 2**bits - 1), 0, 2**bits - 1)


def _window(header: Any) -> tuple[float, float, str] | None:
    """Centre, width and function of the first window; ``None`` where it is absent or impossible."""
    centre, width = (_first(header.get(name)) for name in ("WindowCenter", "WindowWidth"))
    function = str(header.get("VOILUTFunction") or "LINEAR")
    if centre is None or width is None or not width > (1 if function == "LINEAR" else 0):
        return None
    return centre, width, function


def _first(value: Any) -> float | None:
    several = isinstance(value, list) or (hasattr(value, "__len__") and not isinstance(value, str))
    if several:
        value = value[0] if len(value) else None
    return None if value is None or value == "" else float(value)


def _apply_window(values: Values, centre: float, width: float, function: str) -> npt.NDArray[np.uint8]:
    """PS3.3 C.11.2.1.2 and C.11.2.1.3, to 0 … 255."""
    if function == "SIGMOID":
        share = 1 / (1 + np.exp(np.clip(-4 * (values - centre) / width, -700, 700)))
    elif function == "LINEAR_EXACT":
        share = (values - centre) / width + 0.5
    else:
        share = (values - (centre - 0.5)) / (width - 1) + 0.5
    return np.rint(np.clip(share, 0, 1) * 255).astype(np.uint8)


def _padding(header: Any, stored: Values) -> npt.NDArray[np.bool_]:
    """Pixels that make the picture rectangular and show nothing (PS3.3 C.7.5.1.1.2)."""
    value = header.get("PixelPaddingValue")
    if value is None:
        return np.zeros(stored.shape, np.bool_)
    limit = header.get("PixelPaddingRangeLimit")
    low, high = sorted((int(value), int(value if limit is None else limit)))
    padding: npt.NDArray[np.bool_] = (stored >= low) & (stored <= high)
    return padding
