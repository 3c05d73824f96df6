"""PadChest (Bustos et al. 2020): frontal chest radiographs and findings, cohort as the paper counts it.

Labels are the text of a Python list. Leading blanks, empty entries and repeats occur, and whole labels count:
``mass`` is not ``breast mass``. A bare ``nan`` means that nobody labelled the study.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from functools import lru_cache
from os import SEEK_END
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable, Value
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import read_rows, whole_id
from medbench.errors import DataError

__all__ = ["find", "findings_of", "read"]

SOURCE = "padchest"
STEM = "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"
LABELS = (STEM, f"{STEM}.gz")
FRONTAL = {"PA", "AP", "AP_horizontal"}
NEED = ["ImageID", "ImageDir", "PatientID", "PatientSex_DICOM", "Projection", "MethodLabel", "Labels"]
SEXES = {"M": "male", "F": "female"}
PNG_END = b"IEND\xaeB`\x82"
JPEG = b"\xff\xd8\xff"
TAIL = 64
"""Bytes of a file's end that are read first; all of it only where the last chunk is not there."""


def find(root: Path) -> str:
    """Empty when the label table is there, gzipped or not; otherwise what was looked for."""
    return missing_note(root, *LABELS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Frontal images: ``findings`` (tuple), ``method`` (Physician, RNN_model), ``projection``, ``sex``.

    Args:
        root: the unpacked archives (``<ImageDir>/<ImageID>``) or one flat folder.
        options: ``cohort``, ``paper`` (default: patients with a physician's labels keep only those rows)
            or ``frontal`` (every frontal row).

    Raises:
        DataError: MB601 without the table, MB602 without its columns, MB603 for an option,
            MB604 for labels that are no list, MB605, MB606.
    """
    cohort = choose(SOURCE, options, {"cohort": ("paper", "frontal")})["cohort"]
    labels = require_path(root, *LABELS)
    table = TableBuilder(SOURCE, "patient")
    rows = list(_frontal(table, labels))
    physician = {row["PatientID"] for row in rows if row["MethodLabel"] == "Physician"}
    images = _Images(root)
    for row in rows:
        if cohort == "paper" and row["PatientID"] in physician and row["MethodLabel"] != "Physician":
            table.exclude("automatic labels of a patient with physician's labels")
            continue
        findings = findings_of(row["Labels"])
        path = images.path(row["ImageDir"], row["ImageID"])
        if findings is None:
            table.exclude("no labels")
        elif path is None:
            table.miss_file()
        elif _is_cut_off(root / path):
            table.exclude("truncated image file")
        else:
            values: dict[str, Value] = {
                "findings": findings,
                "method": row["MethodLabel"],
                "projection": row["Projection"],
                "sex": SEXES.get(row["PatientSex_DICOM"]),
            }
            table.add(SourceRow(row["ImageID"], (ImageRef(path),), "all", row["PatientID"], values))
    return table.build()


@lru_cache(maxsize=100_000)
def findings_of(text: str) -> tuple[str, ...] | None:
    """Stripped, non-empty, distinct labels in the order written; ``None`` for ``nan``.

    Raises:
        DataError: MB604, the text is not a list of texts.
    """
    if text in {"", "nan"}:
        return None
    try:
        labels = ast.literal_eval(text)
    except (ValueError, SyntaxError):
        labels = None
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise DataError("MB604", f"labels are no list of texts: {text[:60]!r}", where=SOURCE)
    return tuple(dict.fromkeys(label.strip() for label in labels if label.strip()))


def _frontal(table: TableBuilder, labels: Path) -> Iterator[dict[str, str]]:
    for row in read_rows(labels, NEED):
        if row["Projection"] in FRONTAL:
            yield row
        else:
            table.exclude("not a frontal projection")


class _Images:
    """Paths by provider folder, each folder listed once, and only when a label asks for it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.flat = index_images(root, [root, find_path(root, "images", folder=True)])
        self.folders: dict[str, dict[str, str]] = {}

    def path(self, folder: str, name: str) -> str | None:
        folder = whole_id(folder)
        if folder not in self.folders:
            place = self.root / folder if folder.isdigit() else None
            self.folders[folder] = index_images(self.root, [place])
        stem = name.lower().rpartition(".")[0] or name.lower()
        return self.folders[folder].get(stem) or self.flat.get(stem)


def _is_cut_off(path: Path) -> bool:
    """Whether a PNG lacks its last chunk, as a few in the archives do; what lies behind that does no harm."""
    if path.suffix.lower() != ".png":
        return False
    with path.open("rb", buffering=0) as stream:
        stream.seek(max(0, stream.seek(0, SEEK_END) - TAIL))
        if PNG_END in stream.read(TAIL):
            return False
        stream.seek(0)
        whole = stream.readall()
    # a copy as JPEG may have kept the name
    return not whole.startswith(JPEG) and PNG_END not in whole
