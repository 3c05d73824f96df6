"""Samples of NCT-CRC-HE-100K and CRC-VAL-HE-7K: TIFF tiles in class folders, as many in each class."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import apart, draw_group, draw_traits
from medbench.cohort.samples.counts import letters, scaled
from medbench.cohort.samples.paint_colour import tissue
from medbench.cohort.samples.saving import save_image, save_text

__all__ = ["write_100k", "write_val_7k"]

TISSUES = ("ADI", "BACK", "DEB", "LYM", "MUC", "MUS", "NORM", "STR", "TUM")
STRENGTH = 1.7


def write_100k(root: Path, scale: float, rng: np.random.Generator) -> None:
    """The training set: 24 tiles a class at scale 1."""
    _write(root / "NCT-CRC-HE-100K", scaled(24, scale), "", rng)
    # what macOS and Windows leave behind is no tile
    for debris in (
        "__MACOSX/NCT-CRC-HE-100K/ADI/._ADI-AAAAAAAA.tif",
        "NCT-CRC-HE-100K/ADI/._ADI-AAAAAAAA.tif",
    ):
        save_text(root / debris, "no image")
    for debris in (".DS_Store", "Thumbs.db"):
        save_text(root / "NCT-CRC-HE-100K" / "ADI" / debris, "no image")


def write_val_7k(root: Path, scale: float, rng: np.random.Generator) -> None:
    """The test set: 14 tiles a class at scale 1; its names have ``TCGA`` in them."""
    _write(root / "CRC-VAL-HE-7K", scaled(14, scale), "TCGA-", rng)


def _write(folder: Path, count: int, infix: str, rng: np.random.Generator) -> None:
    for name, mean in zip(TISSUES, apart(len(TISSUES), STRENGTH), strict=True):
        for _ in range(count):
            # slides are unknown here as in the original, so each tile is a group of its own
            pixels = tissue(rng, draw_traits(rng, mean, draw_group(rng)), 48)
            save_image(folder / name / f"{name}-{infix}{letters(rng, 8)}.tif", pixels)
