"""From a drawn base to pixels: apply the traits of an image as brightness, colour, grain and contrast."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

from medbench.cohort.samples.appearance import Traits

__all__ = ["Pixels", "coloured", "distance_from", "enlarged", "field", "grey", "whole"]

Pixels = npt.NDArray[np.float64]


def field(rng: np.random.Generator, shape: tuple[int, int], cells: int = 6) -> Pixels:
    """A smooth random field (height, width) with mean 0 and standard deviation 1."""
    small = Image.fromarray(rng.standard_normal((cells, cells)).astype(np.float32))
    smooth = np.asarray(small.resize((shape[1], shape[0]), Image.Resampling.BICUBIC), dtype=np.float64)
    standard: Pixels = (smooth - smooth.mean()) / (smooth.std() + 1e-9)
    return standard


def distance_from(shape: tuple[int, int], centre: tuple[float, float], radii: tuple[float, float]) -> Pixels:
    """Distance of each pixel from ``centre`` in units of ``radii``; all in parts of height and width."""
    y, x = np.mgrid[0 : shape[0], 0 : shape[1]] + 0.5
    across = (x / shape[1] - centre[1]) / radii[1]
    down = (y / shape[0] - centre[0]) / radii[0]
    distance: Pixels = np.hypot(across, down)
    return distance


def coloured(rng: np.random.Generator, base: Pixels, traits: Traits) -> npt.NDArray[np.uint8]:
    """Pixels (height, width, 3) from a base of the same shape in grey levels and the five traits."""
    light, red, blue, grain, coarse = traits
    pixels = base + 8 * light + _texture(rng, base.shape[:2], grain, coarse)[..., None]
    pixels += np.array([7 * red, 0.0, 7 * blue])
    return whole(pixels)


def grey(rng: np.random.Generator, base: Pixels, traits: Traits) -> Pixels:
    """Grey levels (height, width), not yet clipped; the traits slope and size are the painter's own."""
    light, grain, coarse = traits[:3]
    levels: Pixels = base + 8 * light + _texture(rng, base.shape, grain, coarse)
    return levels


def enlarged(pixels: npt.NDArray[np.uint8], width: int) -> npt.NDArray[np.uint8]:
    """The same picture with more pixels, so that image preparation has something to reduce."""
    height = round(pixels.shape[0] * width / pixels.shape[1])
    return np.asarray(Image.fromarray(pixels).resize((width, height), Image.Resampling.BICUBIC))


def whole(pixels: Pixels) -> npt.NDArray[np.uint8]:
    """Grey levels as eight bits."""
    levels: npt.NDArray[np.uint8] = np.clip(np.rint(pixels), 0, 255).astype(np.uint8)
    return levels


def _texture(rng: np.random.Generator, shape: tuple[int, ...], grain: float, coarse: float) -> Pixels:
    size = (shape[0], shape[1])
    fine = 8 * np.exp(0.25 * grain) * rng.standard_normal(size)
    texture: Pixels = fine + 12 * np.exp(0.25 * coarse) * field(rng, size)
    return texture
