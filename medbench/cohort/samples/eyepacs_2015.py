"""Sample of EyePACS 2015: two parts, two eyes a patient, and the black image that the original has."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.canvas import enlarged
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.retinopathy import graded_fundus
from medbench.cohort.samples.saving import save_image, save_table

__all__ = ["write"]

BLACK = "492"


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """100 training and 60 test patients at scale 1, besides subject 492; two images above 1,024 pixels."""
    train = [f"9{number:04d}" for number in range(scaled(100, scale))]
    rows = _write_part(root / "train", [*train, BLACK], rng)
    save_table(root / "trainLabels.csv", ["image", "level"], rows)
    test = [f"8{number:04d}" for number in range(scaled(60, scale))]
    rows = _write_part(root / "test", test, rng)
    solution = [[*row, "Private" if number % 5 else "Public"] for number, row in enumerate(rows)]
    save_table(root / "retinopathy_solution.csv", ["image", "level", "Usage"], solution)


def _write_part(folder: Path, subjects: list[str], rng: np.random.Generator) -> list[list[object]]:
    rows: list[list[object]] = []
    for number, subject in enumerate(subjects):
        group = draw_group(rng)
        grade = number % 5
        for eye in ("left", "right"):
            if eye == "right" and rng.random() < 0.4:
                grade = int(rng.integers(5))
            pixels = graded_fundus(rng, grade, group, 72, eye == "right")
            if f"{subject}_{eye}" == f"{BLACK}_right":
                pixels = np.zeros_like(pixels)
            is_large = number == 1 and subject.startswith("9")
            save_image(folder / f"{subject}_{eye}.jpeg", enlarged(pixels, 1280) if is_large else pixels)
            rows.append([f"{subject}_{eye}", grade])
    return rows
