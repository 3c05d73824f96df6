"""What the two samples of dermatoscopic images for task T3 share, so that one can be tested on the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import Traits, apart, draw_traits
from medbench.cohort.samples.paint_colour import lesion
from medbench.cohort.samples.saving import save_image

__all__ = ["DIAGNOSES", "save_lesion"]

DIAGNOSES = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
STRENGTH = 1.6
SHAPE = (54, 72)


def save_lesion(path: Path, diagnosis: str, group: Traits, rng: np.random.Generator) -> None:
    """Draw one image of a lesion with this diagnosis."""
    mean = apart(len(DIAGNOSES), STRENGTH)[DIAGNOSES.index(diagnosis)]
    save_image(path, lesion(rng, draw_traits(rng, mean, group), SHAPE))
