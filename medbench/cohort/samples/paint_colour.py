"""Painters of colour images: tissue, skin and eye, drawn from chance; nothing is taken from a patient."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from medbench.cohort.samples.appearance import Traits
from medbench.cohort.samples.canvas import Pixels, coloured, distance_from, field

__all__ = ["fundus", "lesion", "tissue"]


def tissue(
    rng: np.random.Generator, traits: Traits, side: int, nuclei: npt.NDArray[np.bool_] | None = None
) -> npt.NDArray[np.uint8]:
    """A stained tile (side, side, 3): pink ground, violet nuclei where ``nuclei`` says or at random."""
    if nuclei is None:
        nuclei = field(rng, (side, side), 12) > 1.2
    base = np.full((side, side, 3), (196.0, 138.0, 178.0))
    base[nuclei] = (112.0, 78.0, 148.0)
    return coloured(rng, base, traits)


def lesion(rng: np.random.Generator, traits: Traits, shape: tuple[int, int]) -> npt.NDArray[np.uint8]:
    """A brown spot on skin (height, width, 3) with an uneven border."""
    centre = (rng.uniform(0.42, 0.58), rng.uniform(0.42, 0.58))
    radius = rng.uniform(0.24, 0.34)
    distance = distance_from(shape, centre, (radius * 1.2, radius)) + 0.12 * field(rng, shape, 5)
    inside = 1 / (1 + np.exp(8 * (distance - 1)))
    skin, spot = np.array([205.0, 162.0, 142.0]), np.array([128.0, 86.0, 72.0])
    return coloured(rng, skin + inside[..., None] * (spot - skin), traits)


def fundus(rng: np.random.Generator, traits: Traits, side: int, right: bool) -> npt.NDArray[np.uint8]:
    """An eye's background (side, side, 3): orange disc on black, bright papilla, dark macula, vessels."""
    shape = (side, side)
    base = np.full((side, side, 3), (168.0, 92.0, 56.0))
    towards_nose = 0.72 if right else 0.28
    papilla = distance_from(shape, (rng.uniform(0.46, 0.54), towards_nose), (0.09, 0.08))
    macula = distance_from(shape, (0.52, 0.5), (0.1, 0.1))
    base += np.exp(-(papilla**4))[..., None] * np.array([60.0, 90.0, 70.0])
    base -= np.exp(-(macula**2))[..., None] * np.array([45.0, 35.0, 20.0])
    base -= _vessels(rng, shape)[..., None] * np.array([50.0, 40.0, 20.0])
    pixels = coloured(rng, base, traits)
    pixels[distance_from(shape, (0.5, 0.5), (0.48, 0.48)) > 1] = 0
    return pixels


def _vessels(rng: np.random.Generator, shape: tuple[int, int]) -> Pixels:
    # the zero line of a smooth field winds and branches like a vessel
    lines: Pixels = np.exp(-((field(rng, shape, 4) / 0.12) ** 2))
    return lines
