"""Sample of HAM10000: two folders of images, metadata without a file extension, several images a lesion."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.dermatoscopy import DIAGNOSES, save_lesion
from medbench.cohort.samples.saving import save_table

__all__ = ["write"]

HEADER = ["lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization", "dataset"]
KINDS = ("histo", "follow_up", "consensus", "confocal")
PLACES = ("back", "face", "lower extremity", "trunk", "unknown")


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """24 images a diagnosis at scale 1, in lesions of two images and of one."""
    rows: list[list[object]] = []
    for diagnosis in DIAGNOSES:
        left = scaled(24, scale)
        while left:
            images = min(left, int(rng.integers(1, 3)))
            left -= images
            _write_lesion(root, diagnosis, images, rows, rng)
    save_table(root / "HAM10000_metadata", HEADER, rows)


def _write_lesion(
    root: Path, diagnosis: str, images: int, rows: list[list[object]], rng: np.random.Generator
) -> None:
    lesion = f"HAM_9{len(rows):06d}"
    group = draw_group(rng)
    age = None if rng.random() < 0.05 else f"{5 * int(rng.integers(4, 18))}.0"
    sex = str(rng.choice(["male", "female", "unknown"], p=[0.5, 0.45, 0.05]))
    person = [age, sex, str(rng.choice(PLACES))]
    for _ in range(images):
        image = f"ISIC_99{len(rows):05d}"
        part = "HAM10000_images_part_1" if len(rows) % 2 == 0 else "HAM10000_images_part_2"
        save_lesion(root / part / f"{image}.jpg", diagnosis, group, rng)
        rows.append(
            [lesion, image, diagnosis.lower(), KINDS[len(rows) % len(KINDS)], *person, "vidir_modern"]
        )
