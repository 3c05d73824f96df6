"""Sample of SIIM-ISIC 2020 in the Kaggle tree: several images a patient, blank cells, known duplicates."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group, draw_traits, two_sided
from medbench.cohort.samples.canvas import enlarged
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.paint_colour import lesion
from medbench.cohort.samples.saving import save_image, save_table, save_text

__all__ = ["write"]

HEADER = [
    "image_name",
    "patient_id",
    "sex",
    "age_approx",
    "anatom_site_general_challenge",
    "diagnosis",
    "benign_malignant",
    "target",
]
SITES = ("torso", "lower extremity", "upper extremity", "head/neck", None)
IMAGES = 4
DISTANCE = 1.7


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """120 patients with four images each at scale 1; two images are larger than 1,024 pixels."""
    rows: list[list[object]] = []
    pairs: list[tuple[str, str]] = []
    folder = root / "jpeg" / "train"
    for number in range(scaled(120, scale)):
        group = draw_group(rng)
        risk = rng.uniform(0.1, 0.8)
        sex = None if number % 40 == 7 else str(rng.choice(["male", "female"]))
        person = [f"IP_9{number:06d}", sex, f"{5 * int(rng.integers(4, 18))}.0" if number % 30 else None]
        for _ in range(IMAGES):
            image = f"ISIC_9{len(rows):06d}"
            target = int(rng.random() < risk)
            # age and sex come with the patient, so a copy differs from its twin in the name only
            if number % 20 == 3 and len(rows) % IMAGES == IMAGES - 1:
                twin = str(rows[-1][0])
                target = int(str(rows[-1][-1]))
                shutil.copyfile(folder / f"{twin}.jpg", folder / f"{image}.jpg")
                pairs.append((twin, image))
            else:
                pixels = lesion(rng, draw_traits(rng, two_sided(DISTANCE)[target], group), (54, 72))
                save_image(folder / f"{image}.jpg", enlarged(pixels, 1200) if len(rows) in {5, 6} else pixels)
            diagnosis = "melanoma" if target else "unknown"
            label = [diagnosis, "malignant" if target else "benign", target]
            rows.append([image, *person, SITES[int(rng.integers(len(SITES)))], *label])
    save_table(root / "train.csv", HEADER, rows)
    # unlabelled test images, and the DICOM copies of the training images, are no samples
    save_table(root / "test.csv", HEADER[:5], [["ISIC_0000001", "IP_0000001", "male", "45.0", "torso"]])
    save_text(root / "train" / f"{rows[0][0]}.dcm", "no image")
    save_table(root / "ISIC_2020_Training_Duplicates.csv", ["image_name_1", "image_name_2"], pairs)
