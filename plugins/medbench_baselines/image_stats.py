"""59 statistics of colour and texture, the same for an image and for a larger copy of it.

The image is first brought to 128 x 128 by area averaging, so that its size does not matter; aspect is lost.
All values are of channels scaled to 0 .. 1. Grey is ITU-R BT.601 luma; hue and saturation are of HSV.

| features | number |
|---|---|
| red, green, blue: mean, sd, quantiles 5, 25, 50, 75, 95 % | 21 |
| grey: mean, sd, skewness, excess kurtosis, entropy of 32 bins (bits) | 5 |
| grey: mean absolute difference across and down, at steps 1, 2, 4, 8, 16 | 10 |
| hue, weighted by saturation: histogram of 12 bins, its entropy (bits) | 13 |
| saturation: mean | 1 |
| grey: mean of each cell of a 3 x 3 grid | 9 |
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from medbench.models import ImagePart

__all__ = ["NAMES", "describe"]

SIDE = 128
QUANTILES = (5, 25, 50, 75, 95)
STEPS = (1, 2, 4, 8, 16)
HUES = 12
GREY_BINS = 32
GRID = 3

Array = NDArray[np.float64]
Named = Iterator[tuple[str, float]]


def describe(image: ImagePart) -> NDArray[np.float32]:
    """The statistics of one image, float32 (59,), in the order of ``NAMES``."""
    return np.array([value for _, value in _statistics(image.image)], dtype=np.float32)


def _statistics(image: Image.Image) -> Named:
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BOX)
    rgb = np.asarray(small, dtype=np.float64) / 255
    grey = rgb @ np.array([0.299, 0.587, 0.114])
    hsv = np.asarray(small.convert("HSV"), dtype=np.float64)
    for number, channel in enumerate(("red", "green", "blue")):
        yield from _channel(channel, rgb[..., number])
    yield from _grey(grey)
    yield from _texture(grey)
    yield from _hue(hsv[..., 0], hsv[..., 1] / 255)
    for row, band in enumerate(np.array_split(grey, GRID, axis=0)):
        for column, cell in enumerate(np.array_split(band, GRID, axis=1)):
            yield f"grey_cell_{row}_{column}", float(cell.mean())


def _channel(name: str, values: Array) -> Named:
    yield f"{name}_mean", float(values.mean())
    yield f"{name}_sd", float(values.std())
    for percent, value in zip(QUANTILES, np.percentile(values, QUANTILES), strict=True):
        yield f"{name}_q{percent:02d}", float(value)


def _grey(grey: Array) -> Named:
    deviation = grey - grey.mean()
    sd = float(grey.std())
    # A plain image has no shape to speak of; dividing by its zero spread would give NaN.
    scaled = deviation / sd if sd > 1e-9 else np.zeros_like(grey)
    yield "grey_mean", float(grey.mean())
    yield "grey_sd", sd
    yield "grey_skewness", float((scaled**3).mean())
    yield "grey_kurtosis", float((scaled**4).mean()) - 3.0 if sd > 1e-9 else 0.0
    counts, _ = np.histogram(grey, bins=GREY_BINS, range=(0.0, 1.0))
    yield "grey_entropy", _entropy(counts.astype(np.float64))


def _texture(grey: Array) -> Named:
    for step in STEPS:
        yield f"across_{step}", float(np.abs(grey[:, step:] - grey[:, :-step]).mean())
        yield f"down_{step}", float(np.abs(grey[step:, :] - grey[:-step, :]).mean())


def _hue(hue: Array, saturation: Array) -> Named:
    counts, _ = np.histogram(hue, bins=HUES, range=(0.0, 256.0), weights=saturation)
    shares = counts / counts.sum() if counts.sum() > 0 else counts
    for number, share in enumerate(shares):
        yield f"hue_{number:02d}", float(share)
    yield "hue_entropy", _entropy(counts)
    yield "saturation_mean", float(saturation.mean())


def _entropy(counts: Array) -> float:
    shares = counts[counts > 0] / counts.sum() if counts.sum() > 0 else np.ones(1)
    return float(-(shares * np.log2(shares)).sum()) + 0.0


NAMES = tuple(name for name, _ in _statistics(Image.new("RGB", (SIDE, SIDE))))
