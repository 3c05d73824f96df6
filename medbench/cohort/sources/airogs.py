"""Rotterdam EyePACS AIROGS, the public training part (de Vente et al. 2023); no patient ids are published."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import read_rows

__all__ = ["find", "read"]

SOURCE = "airogs"
LABELS = "train_labels.csv"
# the archives 0.zip to 5.zip unpack to folders of their names; many users flatten them
FOLDERS = ("0", "1", "2", "3", "4", "5", "images", "train")
CLASSES = {"NRG": "none", "RG": "referable"}


def find(root: Path) -> str:
    """Empty when the label table is there; otherwise what was looked for."""
    return missing_note(root, LABELS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Photographs with ``glaucoma`` (none, referable).

    Raises:
        DataError: MB601 without the table, MB602 without its columns, MB603 for any option, MB605, MB606.
    """
    choose(SOURCE, options)
    labels = require_path(root, LABELS)
    images = index_images(root, [root, *(find_path(root, name, folder=True) for name in FOLDERS)])
    table = TableBuilder(SOURCE, "image")
    for row in read_rows(labels, ["challenge_id", "class"]):
        sample, label = row["challenge_id"], row["class"]
        if label not in CLASSES:
            table.exclude("ungradable" if label == "U" else "class is neither RG nor NRG")
        elif sample.lower() not in images:
            table.miss_file()
        else:
            image = ImageRef(images[sample.lower()])
            table.add(SourceRow(sample, (image,), "train", sample, {"glaucoma": CLASSES[label]}))
    return table.build()
