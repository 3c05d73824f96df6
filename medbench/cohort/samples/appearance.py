"""How a synthetic image looks: five traits whose means differ a little between classes.

The class moves the mean of the traits; the patient (or lesion, or organ) and the image add noise with a
variance of 1 a trait. So statistics of colour and texture score above chance and well below perfect, images
of one patient resemble each other, and what is learnt on one source holds on another.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["TRAITS", "Traits", "apart", "draw_group", "draw_traits", "mixed", "two_sided"]

TRAITS = 5
"""In colour: brightness, red, blue, grain, contrast. In grey: brightness, grain, contrast, slope, size."""

GROUP_SHARE = 0.3
"""Part of the noise variance that the images of one patient share."""

Traits = npt.NDArray[np.float64]


def apart(classes: int, strength: float) -> list[Traits]:
    """Means of up to ten classes, each ``strength`` away from the middle on an axis of its own."""
    axes = np.concatenate([np.eye(TRAITS), -np.eye(TRAITS)])
    return [strength * axes[number] for number in range(classes)]


def two_sided(distance: float) -> list[Traits]:
    """Means of two classes, ``distance`` apart on a diagonal of all traits."""
    diagonal = np.array([0.5, 0.7, -0.5, 0.6, 0.6])
    half = distance / 2 * diagonal / np.linalg.norm(diagonal)
    return [-half, half]


def mixed(present: Sequence[bool], strength: float) -> Traits:
    """Mean of an image with several labels: each label present moves a trait of its own."""
    mean = np.zeros(TRAITS)
    for axis, is_present in enumerate(present):
        mean[axis] = strength / 2 if is_present else -strength / 2
    return mean


def draw_group(rng: np.random.Generator) -> Traits:
    """What the images of one patient, lesion or organ have in common."""
    shared: Traits = np.sqrt(GROUP_SHARE) * rng.standard_normal(TRAITS)
    return shared


def draw_traits(rng: np.random.Generator, mean: Traits, group: Traits) -> Traits:
    """Traits of one image: class, group and its own share of chance."""
    traits: Traits = mean + group + np.sqrt(1 - GROUP_SHARE) * rng.standard_normal(TRAITS)
    return traits
