"""Sample of APTOS 2019: PNG images with hexadecimal ids, some of which look like numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import digits, scaled
from medbench.cohort.samples.retinopathy import graded_fundus
from medbench.cohort.samples.saving import save_image, save_table

__all__ = ["write"]


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """18 labelled images a grade at scale 1, and an unlabelled test list with one image."""
    rows: list[list[object]] = []
    first = np.zeros((1, 1, 3), dtype=np.uint8)
    for number in range(5 * scaled(18, scale)):
        # an id such as 1e1234567890 is a number to a careless reader, 001234567890 loses its zeros
        start = ("1e", "00", "a7", "c0")[number % 4]
        image = start + digits(rng, 10)
        right = bool(rng.integers(2))
        pixels = graded_fundus(rng, number % 5, draw_group(rng), 56, right)
        # one photograph is there twice, with two grades
        first = pixels if number == 1 else first
        pixels = first if number == 7 else pixels
        save_image(root / "train_images" / f"{image}.png", pixels)
        rows.append([image, number % 5])
    save_table(root / "train.csv", ["id_code", "diagnosis"], rows)
    save_image(root / "test_images" / "ffeeddccbbaa.png", graded_fundus(rng, 0, draw_group(rng), 56, True))
    save_table(root / "test.csv", ["id_code"], [["ffeeddccbbaa"]])
