"""Painters of radiographs: chest and knee, as grey levels 0 to 255 before they are stored in some depth."""

from __future__ import annotations

import numpy as np

from medbench.cohort.samples.appearance import Traits
from medbench.cohort.samples.canvas import Pixels, distance_from, grey

__all__ = ["chest", "knee"]


def chest(rng: np.random.Generator, traits: Traits, side: int) -> Pixels:
    """A chest (side, side): dark lungs, a heart whose size is a trait, and a slope towards the diaphragm."""
    shape = (side, side)
    slope, size = traits[3], traits[4]
    base = np.full(shape, 150.0)
    for across in (0.3, 0.7):
        lung = distance_from(shape, (0.45, across), (0.34, 0.17))
        base -= 90 * np.exp(-(lung**6))
    radius = 0.13 * np.exp(0.12 * size)
    base += 55 * np.exp(-(distance_from(shape, (0.6, 0.55), (radius, radius * 1.15)) ** 4))
    return np.clip(grey(rng, base + _slope(shape, slope), traits), 0, 240)


def knee(rng: np.random.Generator, traits: Traits, side: int, left: bool) -> Pixels:
    """A knee (side, side): femur above, tibia below, a gap whose width is a trait, fibula outside."""
    shape = (side, side)
    slope, gap = traits[3], 0.035 * np.exp(0.3 * traits[4])
    y = (np.arange(side) + 0.5)[:, None] / side
    x = (np.arange(side) + 0.5)[None, :] / side
    shaft = np.abs(x - 0.5) < 0.24 + 0.14 * np.exp(-(((y - 0.5) / 0.16) ** 2))
    bone = shaft & (np.abs(y - 0.5 - 0.02 * np.cos(9 * x)) > gap)
    fibula = (np.abs(x - (0.82 if left else 0.18)) < 0.05) & (y > 0.62)
    base = np.where(bone, 165.0, np.where(fibula, 130.0, 70.0))
    return np.clip(grey(rng, base + _slope(shape, slope), traits), 0, 240)


def _slope(shape: tuple[int, int], slope: float) -> Pixels:
    down: Pixels = np.linspace(-1, 1, shape[0])[:, None] * np.ones(shape)
    return 14 * slope * down
