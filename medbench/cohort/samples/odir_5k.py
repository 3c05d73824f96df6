"""Sample of ODIR-5K as the grand challenge ships it: a workbook with labels a patient and keywords an eye."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import draw_group
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.glaucoma import glaucoma_fundus
from medbench.cohort.samples.saving import save_image, save_workbook

__all__ = ["write"]

HEADER = [
    "ID",
    "Patient Age",
    "Patient Sex",
    "Left-Fundus",
    "Right-Fundus",
    "Left-Diagnostic Keywords",
    "Right-Diagnostic Keywords",
    *"NDGCAHMO",
]
# the provider joins keywords with a full-width comma, and sometimes with another mark
GLAUCOMA = ("glaucoma", "lens dust\uff0cglaucoma", "drusen, glaucoma", "suspected glaucoma\uff0clens dust")
OTHER = ("normal fundus", "cataract", "mild nonproliferative retinopathy\uff0clens dust", "drusen; cataract")

# put to one eye of a few patients: the photograph is none of a fundus, or a poor one
REMARKS = {4: "\uff0canterior segment image", 6: "\uff0cno fundus image", 8: "\uff0cimage offset"}
REMARKS |= {9: "\uff0clow image quality", 10: "\uff0coptic disk photographically invisible"}


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """70 patients with two eyes at scale 1; one eye of some has glaucoma, both of others."""
    rows: list[list[object]] = [list(HEADER)]
    for number in range(scaled(70, scale)):
        patient = 9000 + number
        group = draw_group(rng)
        referable = [bool(number % 2), bool(rng.random() < 0.4)]
        words = [_keywords(rng, eye) for eye in referable]
        words[number % 2] += REMARKS.get(number, "")
        for eye, positive in zip(("left", "right"), referable, strict=True):
            pixels = glaucoma_fundus(rng, positive, group, 72, eye == "right")
            save_image(root / "ODIR-5K_Training_Images" / f"{patient}_{eye}.jpg", pixels)
        normal = int(words == ["normal fundus"] * 2)
        flags = [normal, 0, int(any(referable)), int("cataract" in "".join(words)), 0, 0, 0, 0]
        # a spreadsheet keeps some ids as 9001.0
        person = [
            patient if number % 2 else float(patient),
            int(rng.integers(30, 85)),
            str(rng.choice(["Male", "Female"])),
        ]
        rows.append([*person, f"{patient}_left.jpg", f"{patient}_right.jpg", *words, *flags])
    save_workbook(root / "ODIR-5K_Training_Annotations(Updated)_V2.xlsx", rows)


def _keywords(rng: np.random.Generator, referable: bool) -> str:
    choice = GLAUCOMA if referable else OTHER
    return choice[int(rng.integers(len(choice)))]
