"""PanNuke, folds 1 to 3: benign or malignant patches, labelled from the nucleus masks as PLIP does.

Rule of Huang et al. (PLIP, ``preprocess_PanNuke.py``): malignant with at least ten neoplastic nuclei that are
more than 30 % of all, benign without any, all others left out. Two quirks of that code decide the published
counts and are kept under ``plip-exact``: instance ids wrap at 256, and the background counts as a nucleus.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from medbench.cohort.image_files import found_note, is_debris
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.errors import DataError, did_you_mean

__all__ = ["count_nuclei", "find", "malignancy", "read"]

SOURCE = "pannuke"
OPTIONS = {"rule": ("plip-exact", "clean"), "neoplastic": ("ten-or-more", "more-than-ten")}
FOLDS = (1, 2, 3)
ARRAYS = ("images", "masks", "types")
TISSUES = frozenset(
    {
        "Adrenal_gland", "Bile-duct", "Bladder", "Breast", "Cervix", "Colon", "Esophagus", "HeadNeck",
        "Kidney", "Liver", "Lung", "Ovarian", "Pancreatic", "Prostate", "Skin", "Stomach", "Testis",
        "Thyroid", "Uterus",
    }
)  # fmt: skip
Found = dict[tuple[int, str], Path]
LEAST = {"ten-or-more": 10, "more-than-ten": 11}
"""Neoplastic nuclei of a malignant patch: PLIP's code and the paper's prose differ by one."""
DEPTH = 6
"""Folders below the source's root that are searched: two archive levels around ``Fold 1/images/fold1``."""


@dataclass(frozen=True)
class Fold:
    """The three arrays of one fold."""

    number: int
    images: Path
    masks: Path
    types: Path


def find(root: Path) -> str:
    """Empty when at least one fold has images, masks and types; otherwise what was looked for."""
    if not root.is_dir():
        return f"no folder {root}"
    wanted = "Fold 1/images/fold1/images.npy with types.npy, and Fold 1/masks/fold1/masks.npy"
    arrays = _arrays_by_fold(root)
    return "" if any(_folds(arrays)) else f"no {wanted} under {root}{found_note(root)}"


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Patches with ``malignancy`` (benign, malignant) and ``tissue`` (19 organs); no patient ids exist.

    Args:
        root: the unpacked folds, in the provider's or a flattened layout.
        options: ``rule``: ``plip-exact`` (default) or ``clean`` (no wrap, nuclei of channels 0 to 4 only);
            ``neoplastic`` nuclei of a malignant patch: ``ten-or-more`` (default) or ``more-than-ten``.

    Raises:
        DataError: MB601 without a complete fold, MB603 for an option, MB604 for a tissue that is
            none of the 19, MB609 for arrays that do not fit, MB662 for a fold that is there twice.
    """
    chosen = choose(SOURCE, options, OPTIONS)
    rule, least = chosen["rule"], LEAST[chosen["neoplastic"]]
    found = _arrays_by_fold(root)
    folds = list(_folds(found))
    if not folds:
        raise DataError("MB601", find(root))
    table = TableBuilder(SOURCE, "image")
    for number in FOLDS:
        absent = [name for name in ARRAYS if (number, name) not in found]
        if absent:
            table.lack(f"no {', '.join(f'{name}.npy' for name in absent)} of fold {number}")
    for fold in folds:
        masks, types = _arrays(fold)
        path = fold.images.relative_to(root).as_posix()
        for index in range(len(masks)):
            label, reason = malignancy(count_nuclei(masks[index], rule), rule, least)
            if label is None:
                table.exclude(reason)
                continue
            if str(types[index]) not in TISSUES:
                message = f"patch {index} of fold {fold.number} is of an unknown tissue {str(types[index])!r}"
                raise DataError("MB604", message, str(fold.types), did_you_mean(str(types[index]), TISSUES))
            sample = f"fold{fold.number}-{index:06d}"
            values = {"malignancy": label, "tissue": str(types[index])}
            table.add(SourceRow(sample, (ImageRef(path, index),), f"fold{fold.number}", sample, values))
    return table.build()


def count_nuclei(mask: npt.NDArray[Any], rule: str) -> npt.NDArray[np.int64]:
    """Distinct instances in each of the six channels of one mask (height, width, 6).

    ``plip-exact`` counts distinct values less one after a cast to 8 bits; ``clean`` counts non-zero values.
    """
    ids = np.asarray(mask).astype(np.int64)
    if rule == "clean":
        return np.array([np.count_nonzero(np.unique(ids[..., c])) for c in range(6)], dtype=np.int64)
    # by way of int64: casting a float above 255 straight to uint8 is undefined in C and differs between CPUs
    wrapped = ids.astype(np.uint8)
    present = [np.bincount(wrapped[..., c].ravel(), minlength=256) > 0 for c in range(6)]
    counts = np.array([np.count_nonzero(seen) - 1 for seen in present], dtype=np.int64)
    return counts if any(seen[1:].any() for seen in present[:5]) else np.zeros(6, dtype=np.int64)


def malignancy(counts: npt.NDArray[np.int64], rule: str, least: int = 10) -> tuple[str | None, str]:
    """Label of a patch with these nuclei a channel, or ``None`` and the reason why it has none.

    Args:
        least: neoplastic nuclei of a malignant patch.
    """
    neoplastic = int(counts[0])
    total = int(counts.sum() if rule == "plip-exact" else counts[:5].sum())
    if not counts[:5].any():
        return None, "no nucleus"
    if neoplastic == 0:
        return "benign", ""
    if neoplastic >= least and neoplastic / total > 0.3:
        return "malignant", ""
    return None, "neither benign nor malignant by the rule"


def _arrays_by_fold(root: Path) -> Found:
    arrays: Found = {}
    for folder, names, files in os.walk(root, onerror=_refuse, followlinks=True):
        deep = len(Path(folder).relative_to(root).parts) >= DEPTH
        names[:] = [] if deep else sorted(name for name in names if not _is_passed(Path(folder, name)))
        for file in sorted(set(files) & {f"{name}.npy" for name in ARRAYS}):
            path = Path(folder) / file
            numbers = re.findall(r"fold[ _-]?(\d)", path.relative_to(root).as_posix().lower())
            key = (int(numbers[-1]), path.stem) if numbers and path.is_file() else None
            if key in arrays and not path.samefile(arrays[key]):
                both = f"{arrays[key].relative_to(root)} and {path.relative_to(root)}"
                raise DataError("MB662", f"{both} are of one fold", str(root), "keep one of the two")
            if key is not None:
                arrays.setdefault(key, path)
    return arrays


def _is_passed(folder: Path) -> bool:
    # a link to a folder that holds it would be walked for ever
    is_loop = folder.is_symlink() and folder.parent.resolve().is_relative_to(folder.resolve())
    return is_loop or is_debris(folder.name)


def _refuse(error: OSError) -> None:
    raise error


def _folds(arrays: Found) -> Iterator[Fold]:
    for number in FOLDS:
        paths = [arrays.get((number, name)) for name in ARRAYS]
        if all(paths):
            yield Fold(number, *(path for path in paths if path is not None))


def _arrays(fold: Fold) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    images, masks, types = _load(fold.images), _load(fold.masks), _load(fold.types)
    is_shaped = images.ndim == masks.ndim == 4 and images.shape[3] == 3 and masks.shape[3] == 6
    if not len(images) == len(masks) == len(types) or not is_shaped:
        raise DataError("MB609", f"arrays of fold {fold.number} do not fit each other", str(fold.masks))
    return masks, types


def _load(path: Path) -> npt.NDArray[Any]:
    try:
        array: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        raise DataError("MB609", f"not a readable array ({error})", str(path)) from error
    return array
