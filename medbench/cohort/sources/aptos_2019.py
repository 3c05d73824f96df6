"""APTOS 2019 Blindness Detection (Kaggle), the labelled images; no patient ids exist."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.sources.retinopathy import NO_GRADE, grade_name
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import read_rows

__all__ = ["find", "read"]

SOURCE = "aptos-2019"
LABELS = "train.csv"


def find(root: Path) -> str:
    """Empty when the label table is there; otherwise what was looked for."""
    return missing_note(root, LABELS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Labelled images with ``grade``; ids are hexadecimal and stay text (``1e1234567890`` is no number).

    Raises:
        DataError: MB601 without the table, MB602 without its columns, MB603 for any option, MB605, MB606.
    """
    choose(SOURCE, options)
    labels = require_path(root, LABELS)
    images = index_images(root, [find_path(root, "train_images", folder=True)])
    table = TableBuilder(SOURCE, "image")
    for row in read_rows(labels, ["id_code", "diagnosis"]):
        sample, grade = row["id_code"], grade_name(row["diagnosis"])
        if grade is None:
            table.exclude(NO_GRADE)
        elif sample.lower() not in images:
            table.miss_file()
        else:
            image = ImageRef(images[sample.lower()])
            table.add(SourceRow(sample, (image,), "train", sample, {"grade": grade}))
    return table.build()
