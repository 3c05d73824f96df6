"""ISIC 2018 challenge, task 3 (Codella et al. 2019): validation and test images with published truth.

The training part, which is HAM10000 again, is read when it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import header_of, number, read_rows

__all__ = ["find", "read"]

SOURCE = "isic-2018-task3"
DIAGNOSES = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
PARTS = {"train": "Training", "validation": "Validation", "test": "Test"}
GROUPINGS = "ISIC2018_Task3_Training_LesionGroupings.csv"


def find(root: Path) -> str:
    """Empty when the truth tables of validation and test are there; otherwise what was looked for."""
    notes = [missing_note(root, *_truth_names(PARTS[part])) for part in ("validation", "test")]
    return "; ".join(dict.fromkeys(filter(None, notes)))


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Images of every part present with ``diagnosis``; the group is the lesion in training, else the image.

    The source's unit is the image, for validation and test have no lesion ids, whatever training has.

    Raises:
        DataError: MB601 without a truth table, MB602 without its columns, MB603 for any option, MB605, MB606.
    """
    choose(SOURCE, options)
    lesions = _lesions(root)
    table = TableBuilder(SOURCE, "image")
    for part, name in PARTS.items():
        if part == "train" and find_path(root, *_truth_names(name)) is None:
            continue
        truth = require_path(root, *_truth_names(name))
        inputs = (f"ISIC2018_Task3_{name}_Input", f"ISIC2018_Task3_{name}_Images")
        folder = find_path(root, *inputs, folder=True)
        images = index_images(root, [folder])
        for sample, diagnosis in _diagnoses(truth):
            if diagnosis is None:
                table.exclude("no single diagnosis of the seven")
            elif sample.lower() not in images:
                table.miss_file()
            else:
                image = ImageRef(images[sample.lower()])
                group = lesions.get(sample, sample)
                table.add(SourceRow(sample, (image,), part, group, {"diagnosis": diagnosis}))
    return table.build()


def _truth_names(name: str) -> list[str]:
    stem = f"ISIC2018_Task3_{name}_GroundTruth"
    return [f"{stem}/{stem}.csv", f"{stem}/{stem}/{stem}.csv", f"{stem}.csv", f"{stem}.tab"]


def _diagnoses(truth: Path) -> Iterator[tuple[str, str | None]]:
    # the Dataverse copy of the test truth has HAM10000's columns, the challenge's is one-hot
    if "dx" in header_of(truth):
        for row in read_rows(truth, ["image_id", "dx"]):
            diagnosis = row["dx"].upper()
            yield row["image_id"], diagnosis if diagnosis in DIAGNOSES else None
        return
    for row in read_rows(truth, ["image", *DIAGNOSES]):
        named = [diagnosis for diagnosis in DIAGNOSES if number(row[diagnosis]) == 1]
        yield row["image"], named[0] if len(named) == 1 else None


def _lesions(root: Path) -> dict[str, str]:
    file = find_path(root, GROUPINGS)
    rows = read_rows(file, ["image", "lesion_id"]) if file else ()
    return {row["image"]: row["lesion_id"] for row in rows if row["lesion_id"]}
