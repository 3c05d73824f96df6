"""Sample of MOST: one wide table, one row a person, with every code that is not a grade."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.knees import next_grade, save_crop
from medbench.cohort.samples.saving import save_table

__all__ = ["write"]

VISITS = ("0", "1", "2", "3", "5")
IMAGED = ("0", "2")
CODES = ("8", "9", "1.9", "P", "S", "X", "Z", "-1", "")


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """70 people at scale 1, two knees each, graded at two of five visits."""
    header = ["MOSTID", *(f"V{visit}X{side}KL" for visit in VISITS for side in "RL")]
    rows: list[list[object]] = []
    for number in range(scaled(70, scale)):
        person = f"{'MB' if number % 2 else 'MI'}9{number:04d}"
        look = draw_group(rng)
        grades = {"R": number % 5, "L": int(rng.integers(5))}
        row: list[object] = [person]
        for visit in VISITS:
            for side in "RL":
                if visit not in IMAGED or rng.random() < 0.1:
                    row.append(CODES[int(rng.integers(len(CODES)))])
                    continue
                # the view may stand in the name
                view = "_PA10" if number % 5 == 0 else ""
                crop = f"{person}_V{visit}{view}_{side.lower()}.png"
                save_crop(root / "crops" / crop, grades[side], look, rng)
                row.append(grades[side])
            grades = {side: next_grade(rng, grade) for side, grade in grades.items()}
        rows.append(row)
    save_table(root / "MOSTV01235XRAY.txt", header, rows, delimiter="\t")
