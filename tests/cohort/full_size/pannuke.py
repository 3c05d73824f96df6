"""PanNuke: 7,901 masks in three folds, float64 as shipped but 16 by 16 pixels, which is enough for the rule.

The 38 strata (19 organs, two labels) are not published. Their sizes are chosen so that the rule, which rounds
in each, gives Table 1; ``stratum_sizes`` draws others.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["BENIGN", "FOLDS", "MALIGNANT", "TRAIN", "stratum_sizes", "write"]

TISSUES = (
    "Adrenal_gland", "Bile-duct", "Bladder", "Breast", "Cervix", "Colon", "Esophagus", "HeadNeck", "Kidney",
    "Liver", "Lung", "Ovarian", "Pancreatic", "Prostate", "Skin", "Stomach", "Testis", "Thyroid", "Uterus",
)  # fmt: skip
FOLDS = (2656, 2523, 2722)
MALIGNANT, BENIGN, EMPTY, AMBIGUOUS = 2866, 3368, 343, 1324
TRAIN = 4971
SIDE = 16
PIXELS = SIDE * SIDE
Nuclei = tuple[int, int, bool]
"""Neoplastic nuclei, inflammatory nuclei, and whether ids of 256 stand in the mask."""


def stratum_sizes(rng: np.random.Generator) -> list[int]:
    """Sizes of 19 strata of malignant and 19 of benign patches; two organs dominate, as in the data set."""
    weights = np.ones(len(TISSUES))
    weights[[3, 5]] = 10
    sizes: list[int] = []
    for total in (MALIGNANT, BENIGN):
        sizes += (rng.multinomial(total - 19 * 20, rng.dirichlet(3 * weights)) + 20).tolist()
    return sizes


def write(root: Path) -> None:
    """Three folds in the provider's folders, with and without the blank in ``Fold 1``."""
    rng = np.random.default_rng(2)
    patches = _patches(rng)
    order = rng.permutation(len(patches))
    start = 0
    for fold, size in enumerate(FOLDS, 1):
        chosen = [patches[int(index)] for index in order[start : start + size]]
        _write_fold(root / f"Fold {fold}", f"fold{fold}", chosen)
        start += size


def _patches(rng: np.random.Generator) -> list[tuple[str, Nuclei]]:
    sizes = _published(rng)
    malignant: tuple[Nuclei, ...] = ((10, 5, False), (40, 60, False), (12, 0, True))
    benign: tuple[Nuclei, ...] = ((0, 7, False), (0, 90, True))
    patches: list[tuple[str, Nuclei]] = []
    for offset, kinds in ((0, malignant), (19, benign)):
        for organ, size in zip(TISSUES, sizes[offset : offset + 19], strict=True):
            patches += [(organ, kinds[number % len(kinds)]) for number in range(size)]
    # the published count holds by two quirks: 10 of 34 with the background is too few, 10 of 33 would do
    ambiguous: tuple[Nuclei, ...] = ((9, 0, False), (10, 23, False), (20, 80, False))
    # a nucleus whose id wraps to 0 is no nucleus
    empty: tuple[Nuclei, ...] = ((0, 0, False), (0, 0, True))
    patches += [(TISSUES[number % 19], ambiguous[number % 3]) for number in range(AMBIGUOUS)]
    return patches + [(TISSUES[number % 19], empty[number % 2]) for number in range(EMPTY)]


def _published(rng: np.random.Generator) -> list[int]:
    """Sizes for which ``floor(0.8 n)`` sums to Table 1: patches are moved between organs until they do."""
    sizes = stratum_sizes(rng)
    while (off := sum(4 * size // 5 for size in sizes) - TRAIN) != 0:
        side = 19 * int(rng.integers(2))
        give, take = (side + int(index) for index in rng.choice(19, 2, replace=False))
        before = 4 * sizes[give] // 5 + 4 * sizes[take] // 5
        after = 4 * (sizes[give] - 1) // 5 + 4 * (sizes[take] + 1) // 5
        if (after - before) * off <= 0 and sizes[give] > 20:
            sizes[give], sizes[take] = sizes[give] - 1, sizes[take] + 1
    return sizes


def _write_fold(folder: Path, name: str, patches: Sequence[tuple[str, Nuclei]]) -> None:
    for kind in ("images", "masks"):
        (folder / kind / name).mkdir(parents=True)
    types = np.array([organ for organ, _ in patches], dtype="<U13")
    np.save(folder / "images" / name / "types.npy", types)
    shape = (len(patches), SIDE, SIDE, 3)
    np.lib.format.open_memmap(folder / "images" / name / "images.npy", "w+", np.float64, shape)
    masks = np.stack([_mask(nuclei) for _, nuclei in patches])
    np.save(folder / "masks" / name / "masks.npy", masks)


def _mask(nuclei: Nuclei) -> npt.NDArray[np.float64]:
    mask = np.zeros((PIXELS, 6))
    for channel, count in enumerate(nuclei[:2]):
        # ids are not consecutive
        mask[:count, channel] = 1 + 2 * np.arange(count)
    if nuclei[2]:
        mask[200:210, 2] = 256
    mask[:, 5] = ~mask[:, :5].any(axis=1)
    return mask.reshape(SIDE, SIDE, 6)
