"""Sample of PanNuke: three folds of arrays, benign and malignant in equal numbers within each organ.

Fold 1 has the provider's 64-bit arrays and ids above 255; the others are in eight bits to stay small. Fold 3
lies one folder deeper, as an archive unpacked into a folder of its own does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medbench.cohort.samples.appearance import Traits, draw_group, draw_traits, two_sided
from medbench.cohort.samples.counts import scaled
from medbench.cohort.samples.paint_colour import tissue
from medbench.cohort.samples.saving import save_text

__all__ = ["write"]

SIDE = 24
ORGANS = ("Breast", "Bile-duct", "Colon", "HeadNeck", "Kidney")
NEOPLASTIC, INFLAMMATORY, CONNECTIVE, DEAD, EPITHELIAL, BACKGROUND = range(6)
DISTANCE = 1.4
Mask = npt.NDArray[np.uint16]


@dataclass(frozen=True)
class Patch:
    """What to draw: nuclei a channel, neoplastic ids where they matter, and whether it looks malignant."""

    organ: str
    nuclei: dict[int, int]
    malignant: bool
    neoplastic_ids: tuple[int, ...] = ()


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """40 benign and 40 malignant patches an organ at scale 1, and patches that the rule leaves out."""
    patches = _patches(scaled(40, scale), rng)
    looks = {organ: draw_group(rng) for organ in ORGANS}
    shuffled = [patches[int(i)] for i in rng.permutation(len(patches))]
    special = [patch for patch in shuffled if patch.neoplastic_ids]
    plain = [patch for patch in shuffled if not patch.neoplastic_ids]
    tenth = len(plain) // 10
    folds = [special + plain[: tenth // 2], plain[tenth // 2 : 5 * tenth], plain[5 * tenth :]]
    for number, fold in enumerate(folds, start=1):
        drawn = [_draw(rng, patch, looks[patch.organ]) for patch in fold]
        organs = np.array([patch.organ for patch in fold], dtype="<U13")
        images, masks = (np.stack(arrays) for arrays in zip(*drawn, strict=True))
        is_first = number == 1
        for text in ("README.md", "LICENCE"):
            save_text(root / f"Fold {number}" / text, "Drawn by medbench.\n")
        _save(root, f"images/fold{number}/images.npy", images.astype(np.float64 if is_first else np.uint8))
        _save(root, f"images/fold{number}/types.npy", organs)
        _save(root, f"masks/fold{number}/masks.npy", masks.astype(np.float64 if is_first else np.uint8))


def _save(root: Path, name: str, array: npt.NDArray[Any]) -> None:
    number = name.partition("fold")[2][0]
    home = root / f"fold_{number}" if number == "3" else root
    path = home / f"Fold {number}" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    np.save(path, array)


def _patches(count: int, rng: np.random.Generator) -> list[Patch]:
    patches: list[Patch] = []
    for organ in ORGANS:
        for number in range(count):
            others = int(rng.integers(1, 10))
            patches.append(Patch(organ, {NEOPLASTIC: int(rng.integers(10, 20)), INFLAMMATORY: others}, True))
            # id 256 is 0 in eight bits: no neoplastic nucleus for the published code, one for the eye
            ids = (256,) if number == 0 and organ in ORGANS[:2] else ()
            nuclei = {CONNECTIVE: int(rng.integers(6, 16)), EPITHELIAL: int(rng.integers(5, 13))}
            patches.append(Patch(organ, {**nuclei, NEOPLASTIC: len(ids)}, False, ids))
        # too few neoplastic nuclei, or too small a share of them
        patches += [Patch(organ, {NEOPLASTIC: n, INFLAMMATORY: 12}, bool(n % 2)) for n in (2, 3, 5)]
        patches.append(Patch(organ, {NEOPLASTIC: 10, INFLAMMATORY: 30}, True))
        patches.append(Patch(organ, {}, False))
    # ids 7 and 263 are one in eight bits: nine nuclei for the published code, ten for the eye
    ids = (7, 263, *range(20, 28))
    patches.append(Patch(ORGANS[0], {NEOPLASTIC: len(ids), INFLAMMATORY: 5}, True, ids))
    return patches


def _draw(rng: np.random.Generator, patch: Patch, look: Traits) -> tuple[npt.NDArray[np.uint8], Mask]:
    mask: Mask = np.zeros((SIDE, SIDE, 6), dtype=np.uint16)
    cells = iter(rng.permutation((SIDE // 2) ** 2))
    for channel, count in patch.nuclei.items():
        # ids are not consecutive, in the original neither
        ids = patch.neoplastic_ids if channel == NEOPLASTIC else ()
        for identity in ids or (1 + rng.choice(250, count, replace=False)):
            y, x = divmod(int(next(cells)), SIDE // 2)
            mask[2 * y : 2 * y + 2, 2 * x : 2 * x + 2, channel] = identity
    nuclei: npt.NDArray[np.bool_] = np.asarray(mask[..., :BACKGROUND].any(axis=2))
    mask[..., BACKGROUND] = ~nuclei
    traits = draw_traits(rng, two_sided(DISTANCE)[patch.malignant], look)
    return tissue(rng, traits, SIDE, nuclei), mask
