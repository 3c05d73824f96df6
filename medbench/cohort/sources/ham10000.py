"""HAM10000 (Tschandl et al. 2018), from Dataverse DBW86T or its Kaggle copy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import number, read_rows

__all__ = ["find", "read"]

SOURCE = "ham10000"
# Dataverse ships the table without an extension, or as .tab with tabs; Kaggle as .csv
METADATA = ("HAM10000_metadata", "HAM10000_metadata.csv", "HAM10000_metadata.tab", "HAM10000_metadata.txt")
FOLDERS = ("HAM10000_images_part_1", "HAM10000_images_part_2", "HAM10000_images")
DIAGNOSES = {"MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC"}


def find(root: Path) -> str:
    """Empty when the metadata table is there; otherwise what was looked for."""
    return missing_note(root, *METADATA)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """All images with ``diagnosis`` (ISIC names in capitals), ``age`` (years), ``sex``, ``localization``.

    Several images show one lesion: the group is ``lesion_id``.

    Raises:
        DataError: MB601 without the table, MB602 without its columns, MB603 for any option, MB605, MB606.
    """
    choose(SOURCE, options)
    metadata = require_path(root, *METADATA)
    images = index_images(root, (find_path(root, name, folder=True) for name in FOLDERS))
    table = TableBuilder(SOURCE, "lesion")
    for row in read_rows(metadata, ["lesion_id", "image_id", "dx"], ["age", "sex", "localization"]):
        sample, diagnosis = row["image_id"], row["dx"].upper()
        if diagnosis not in DIAGNOSES:
            table.exclude("no diagnosis of the seven")
        elif sample.lower() not in images:
            table.miss_file()
        else:
            values = {
                "diagnosis": diagnosis,
                "age": number(row["age"]),
                "sex": _known(row["sex"]),
                "localization": _known(row["localization"]),
            }
            image = ImageRef(images[sample.lower()])
            table.add(SourceRow(sample, (image,), "train", row["lesion_id"] or sample, values))
    return table.build()


def _known(text: str) -> str | None:
    return None if text.lower() in {"", "unknown", "nan"} else text
