"""What the samples of EyePACS and APTOS share, so that one can be tested on the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from medbench.cohort.samples.appearance import Traits, apart, draw_traits
from medbench.cohort.samples.paint_colour import fundus

__all__ = ["graded_fundus"]

GRADES = 5
STRENGTH = 1.6


def graded_fundus(
    rng: np.random.Generator, grade: int, group: Traits, side: int, right: bool
) -> npt.NDArray[np.uint8]:
    """Pixels of an eye with this grade of retinopathy, 0 to 4."""
    return fundus(rng, draw_traits(rng, apart(GRADES, STRENGTH)[grade], group), side, right)
