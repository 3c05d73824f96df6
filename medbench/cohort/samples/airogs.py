"""Sample of AIROGS: numbered folders of JPEGs, some with capital endings; no patient ids exist."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.glaucoma import glaucoma_fundus
from medbench.cohort.samples.saving import save_image, save_table

__all__ = ["write"]


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """120 images a class at scale 1, over the folders 0 to 5."""
    rows: list[list[object]] = []
    for number in range(2 * scaled(120, scale)):
        image = f"TRAIN9{number:05d}"
        referable = number % 2 == 1
        pixels = glaucoma_fundus(rng, referable, draw_group(rng), 72, bool(rng.integers(2)))
        ending = ".JPG" if number % 7 == 0 else ".jpg"
        # the last archive was unpacked into a folder of its own name
        folder = "5/5" if number % 6 == 5 else str(number % 6)
        save_image(root / folder / f"{image}{ending}", pixels)
        rows.append([image, "RG" if referable else "NRG"])
    # nobody could grade these two
    for number in range(2):
        image = f"TRAIN99999{number}"
        save_image(root / "0" / f"{image}.jpg", glaucoma_fundus(rng, False, draw_group(rng), 72, True))
        rows.append([image, "U"])
    save_table(root / "train_labels.csv", ["challenge_id", "class"], rows)
