"""What the samples of OAI and MOST share, so that they can be pooled: 140 mm crops of graded knees."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import Traits, apart, draw_traits
from medbench.cohort.samples.canvas import whole
from medbench.cohort.samples.paint_grey import knee
from medbench.cohort.samples.saving import save_image

__all__ = ["next_grade", "save_crop"]

GRADES = 5
STRENGTH = 1.5
SIDE = 48


def save_crop(path: Path, grade: int, look: Traits, rng: np.random.Generator) -> None:
    """Draw one knee with this Kellgren-Lawrence grade; the name ends in its side."""
    traits = draw_traits(rng, apart(GRADES, STRENGTH)[grade], look)
    save_image(path, whole(knee(rng, traits, SIDE, path.stem.endswith("l"))))


def next_grade(rng: np.random.Generator, grade: int) -> int:
    """Grade at the next visit: the same, or one more."""
    return min(4, grade + int(rng.random() < 0.25))
