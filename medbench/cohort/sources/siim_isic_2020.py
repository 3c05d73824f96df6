"""SIIM-ISIC 2020 (Rotemberg et al. 2021), the labelled training part, from Kaggle or the ISIC archive."""

from __future__ import annotations

from collections.abc import Mapping, Set
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, list_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import header_of, number, read_rows

__all__ = ["find", "read"]

SOURCE = "siim-isic-2020"
LABELS = ("train.csv", "ISIC_2020_Training_GroundTruth.csv", "ISIC_2020_Training_GroundTruth_v2.csv")
FOLDERS = ("jpeg/train", "train", "ISIC_2020_Training_JPEG/train", "ISIC_2020_Training_JPEG")
DUPLICATES = ("ISIC_2020_Training_Duplicates.csv", "2020_Challenge_duplicates.csv")
PAIR_COLUMNS = (("image_name_1", "image_name_2"), ("ISIC_id", "ISIC_id_paired"))
TARGETS: dict[float | None, str] = {0.0: "benign", 1.0: "malignant"}


def find(root: Path) -> str:
    """Empty when the label table is there; otherwise what was looked for."""
    return missing_note(root, *LABELS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Training images with ``melanoma`` (benign, malignant) and the patient as group.

    Further columns: ``sex``, ``age_approx`` (years), ``anatom_site_general_challenge`` and ``duplicate_of``,
    the first image of a pair in the provider's list of duplicates, on the second one.

    Args:
        root: the Kaggle tree or the archive's files.
        options: ``duplicates``: ``keep`` (default, as in the paper) or ``drop`` the second of a pair. A pair
            counts where both of its images have labels: the challenge's list has test images too.

    Raises:
        DataError: MB601 without the table, or without a list of duplicates to drop; MB602 without its
            columns, MB603 for an option, MB605, MB606.
    """
    chosen = choose(SOURCE, options, {"duplicates": ("keep", "drop")})
    labels = require_path(root, *LABELS)
    find_pairs = require_path if chosen["duplicates"] == "drop" else find_path
    pairs = find_pairs(root, *DUPLICATES)
    optional = ["sex", "age_approx", "anatom_site_general_challenge"]
    rows = list(read_rows(labels, ["image_name", "patient_id", "target"], optional))
    twins = _duplicates(pairs, {row["image_name"] for row in rows if not _lack(row)}) if pairs else {}
    images, table = _images(root), TableBuilder(SOURCE, "patient")
    for row in rows:
        sample, twin = row["image_name"], twins.get(row["image_name"])
        if lack := _lack(row):
            table.exclude(lack)
        elif twin and chosen["duplicates"] == "drop":
            table.exclude("duplicate of another image")
        elif sample.lower() not in images:
            table.miss_file()
        else:
            values = {
                "melanoma": TARGETS[number(row["target"])],
                "sex": row["sex"] or None,
                "age_approx": number(row["age_approx"]),
                "anatom_site_general_challenge": row["anatom_site_general_challenge"] or None,
                "duplicate_of": twin,
            }
            image = ImageRef(images[sample.lower()])
            table.add(SourceRow(sample, (image,), "train", row["patient_id"], values))
    return table.build()


def _lack(row: Mapping[str, str]) -> str:
    """Why a row has no label; empty where it has one."""
    if not row["patient_id"]:
        return "no patient id"
    if number(row["target"]) in TARGETS:
        return ""
    return "target is neither 0 nor 1" if row["target"] else "no target"


def _images(root: Path) -> dict[str, str]:
    # Kaggle's train/ holds the DICOM copies, so a folder counts only if it has JPEGs
    for name in FOLDERS:
        folder = find_path(root, name, folder=True)
        if folder is not None and next(list_images(folder), None) is not None:
            return index_images(root, [folder])
    return {}


def _duplicates(file: Path, labelled: Set[str]) -> dict[str, str]:
    """By the second image of each pair the first one that is kept."""
    columns = next((pair for pair in PAIR_COLUMNS if set(pair) <= set(header_of(file))), PAIR_COLUMNS[0])
    first: dict[str, str] = {}
    for row in read_rows(file, columns):
        kept, second = (first.get(row[column], row[column]) for column in columns)
        # pairs in a circle must not drop all of an image's copies
        if kept != second and {row[column] for column in columns} <= labelled:
            first[second] = kept
    return first
