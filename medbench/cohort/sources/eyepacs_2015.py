"""EyePACS, Kaggle's Diabetic Retinopathy Detection of 2015: both parts, two eyes a patient."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.retinopathy import NO_GRADE, grade_name
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import read_rows

__all__ = ["find", "read"]

SOURCE = "eyepacs-2015"
TRAIN_LABELS = ("trainLabels.csv", "trainLabels.csv/trainLabels.csv")
# never in the competition's own list of files; both names circulate
TEST_LABELS = ("retinopathy_solution.csv", "testLabels15.csv")
# its right eye is black; leaving out the subject gives the 44,350 patients of the paper
UNREADABLE = "train-492"


def find(root: Path) -> str:
    """Empty when the training labels are there; otherwise what was looked for. Test labels may be absent."""
    return missing_note(root, *TRAIN_LABELS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Both parts with ``grade`` and ``eye``; ids of samples and patients begin with the part: none collide.

    Raises:
        DataError: MB601 without the table, MB602 without its columns, MB603 for any option, MB605, MB606.
    """
    choose(SOURCE, options)
    table = TableBuilder(SOURCE, "patient")
    _read_part(table, root, "train", require_path(root, *TRAIN_LABELS))
    solution = find_path(root, *TEST_LABELS)
    if solution is None:
        table.lack(f"no test labels ({' or '.join(TEST_LABELS)})")
    else:
        _read_part(table, root, "test", solution)
    return table.build()


def _read_part(table: TableBuilder, root: Path, part: str, labels: Path) -> None:
    images = index_images(root, [find_path(root, part, folder=True)])
    for row in read_rows(labels, ["image", "level"]):
        subject, _, eye = row["image"].partition("_")
        patient, grade = f"{part}-{subject}", grade_name(row["level"])
        if eye not in {"left", "right"}:
            table.exclude("image name is not <subject>_left or <subject>_right")
            continue
        if patient == UNREADABLE:
            table.exclude("a subject whose right image is unreadable")
        elif grade is None:
            table.exclude(NO_GRADE)
        elif row["image"].lower() not in images:
            table.miss_file()
        else:
            image = ImageRef(images[row["image"].lower()])
            values = {"grade": grade, "eye": eye}
            table.add(SourceRow(f"{part}-{row['image']}", (image,), part, patient, values))
