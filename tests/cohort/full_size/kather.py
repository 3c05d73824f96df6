"""NCT-CRC-HE-100K and CRC-VAL-HE-7K: the folder is the label; 100,000 and 7,180 tiles."""

from __future__ import annotations

from pathlib import Path

from .writing import letters, touch

__all__ = ["TISSUES", "write_7k", "write_100k"]

TISSUES = {
    "ADI": (10407, 1338), "BACK": (10566, 847), "DEB": (11512, 339), "LYM": (11557, 634), "MUC": (8896, 1035),
    "MUS": (13536, 592), "NORM": (8763, 741), "STR": (10446, 421), "TUM": (14317, 1233),
}  # fmt: skip
"""Tiles of each class in the two sets."""

DEBRIS = (".DS_Store", "Thumbs.db", "._ADI-AAAAAAAA.tif")


def write_100k(root: Path) -> None:
    """Class folders with the debris of three operating systems."""
    for tissue, (count, _) in TISSUES.items():
        names = (f"{tissue}-{letters(number)}.tif" for number in range(count))
        touch(root / "NCT-CRC-HE-100K" / tissue, (*names, *DEBRIS))


def write_7k(root: Path) -> None:
    """Names with the infix ``-TCGA-``."""
    for tissue, (_, count) in TISSUES.items():
        names = (f"{tissue}-TCGA-{letters(number)}.tif" for number in range(count))
        touch(root / "CRC-VAL-HE-7K" / tissue, names)
