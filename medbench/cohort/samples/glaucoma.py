"""What the samples of AIROGS and ODIR share, so that one can be tested on the other."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from medbench.cohort.samples.appearance import Traits, draw_traits, two_sided
from medbench.cohort.samples.paint_colour import fundus

__all__ = ["glaucoma_fundus"]

DISTANCE = 1.7


def glaucoma_fundus(
    rng: np.random.Generator, referable: bool, group: Traits, side: int, right: bool
) -> npt.NDArray[np.uint8]:
    """Pixels of an eye with or without referable glaucoma."""
    return fundus(rng, draw_traits(rng, two_sided(DISTANCE)[referable], group), side, right)
