"""Sample of ISIC 2018 task 3: validation and test with one-hot truth, test images one folder deeper."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.dermatoscopy import DIAGNOSES, save_lesion
from medbench.cohort.samples.saving import save_table, save_text

__all__ = ["write"]


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """4 validation and 16 test images a diagnosis at scale 1."""
    _write_part(root, "Validation", scaled(4, scale), rng)
    _write_part(root, "Test", scaled(16, scale), rng)


def _write_part(root: Path, part: str, count: int, rng: np.random.Generator) -> None:
    name = f"ISIC2018_Task3_{part}"
    folder = root / f"{name}_Input"
    if part == "Test":
        # unzipping into a folder of the archive's name leaves this behind
        folder = folder / folder.name
    rows: list[list[object]] = []
    first = 9_800_000 if part == "Validation" else 9_810_000
    for number, place in enumerate(rng.permutation(count * len(DIAGNOSES))):
        diagnosis = DIAGNOSES[int(place) % len(DIAGNOSES)]
        image = f"ISIC_{first + number}"
        save_lesion(folder / f"{image}.jpg", diagnosis, draw_group(rng), rng)
        rows.append([image, *("1.0" if diagnosis == known else "0.0" for known in DIAGNOSES)])
    save_text(folder / "ATTRIBUTION.txt", "Drawn by medbench.\n")
    save_text(folder / "LICENSE.txt", "Drawn by medbench.\n")
    header = ["image", *DIAGNOSES]
    if part == "Test":
        # the challenge's scoring adds two columns, and no reader may count columns from the left
        header = ["score_weight", *header[::-1], "validation_weight"]
        rows = [["1.0", *row[::-1], "0.5"] for row in rows]
    save_table(root / f"{name}_GroundTruth" / f"{name}_GroundTruth.csv", header, rows)
