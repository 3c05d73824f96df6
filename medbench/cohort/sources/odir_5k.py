"""ODIR-5K (OIA-ODIR, Li et al. 2021), the training set, in the three shapes in which it is handed out.

The columns N to O are labels of the patient; only the diagnostic keywords belong to one eye.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.source import ImageRef, SourceRow, SourceTable
from medbench.cohort.table_builder import TableBuilder, choose
from medbench.cohort.tables import number, read_xlsx_rows, whole_id

__all__ = ["eye_state", "find", "read"]

SOURCE = "odir-5k"
ANNOTATIONS = (
    "ODIR-5K_Training_Annotations(Updated)_V2.xlsx",
    "Training Set/Annotation/training annotation (English).xlsx",
    "data.xlsx",
    "ODIR-5K/data.xlsx",
    "ODIR-5K/ODIR-5K/data.xlsx",
)
FOLDERS = (
    "ODIR-5K_Training_Images",
    "Training Set/Images",
    "Training Images",
    "ODIR-5K/Training Images",
    "ODIR-5K/ODIR-5K/Training Images",
)
OPTIONS = {
    "suspected": ("positive", "drop", "negative"),
    "level": ("eye", "patient"),
    "photographs": ("all", "fundus", "good"),
}
NO_FUNDUS = {"anterior segment image", "no fundus image"}
POOR = {"lens dust", "low image quality", "optic disk photographically invisible", "image offset"}
EYES = {"left": "Left-Diagnostic Keywords", "right": "Right-Diagnostic Keywords"}


def find(root: Path) -> str:
    """Empty when the training annotations are there; otherwise what was looked for."""
    return missing_note(root, *ANNOTATIONS)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """Training photographs with ``glaucoma`` (none, referable), ``eye``, ``sex`` and ``age`` (years).

    Args:
        root: the grand-challenge, OIA-ODIR or Kaggle tree.
        options: ``level``: ``eye`` (default, the eye's own keywords) or ``patient`` (column G, both eyes);
            ``suspected`` glaucoma: ``positive`` (default), ``negative`` or ``drop``; ``photographs``: ``all``
            (default, as in the paper), ``fundus`` (without eyes whose keywords say that no fundus is shown)
            or ``good`` (also without those that the keywords call poor).

    Raises:
        DataError: MB601 without annotations, MB602 without their columns, MB603 for an option, MB605, MB606.
    """
    chosen = choose(SOURCE, options, OPTIONS)
    annotations = require_path(root, *ANNOTATIONS)
    images = index_images(root, [find_path(root, *FOLDERS, folder=True)])
    table = TableBuilder(SOURCE, "patient")
    for row in read_xlsx_rows(annotations, ["ID", *EYES.values(), "G"], ["Patient Age", "Patient Sex"]):
        age = number(row["Patient Age"])
        person = {"sex": row["Patient Sex"].lower() or None, "age": int(age) if age is not None else None}
        patient = whole_id(row["ID"])
        for eye, state in _states(row, chosen["level"]):
            sample = f"{patient}_{eye}"
            label = "referable" if state == "suspected" and chosen["suspected"] == "positive" else state
            if state == "suspected" and chosen["suspected"] == "drop":
                table.exclude("glaucoma only suspected")
            elif state is None:
                table.exclude("no diagnostic keywords")
            elif poor := _unfit(row[EYES[eye]], chosen["photographs"]):
                table.exclude(poor)
            elif sample.lower() not in images:
                table.miss_file()
            else:
                values = {"glaucoma": "none" if label == "suspected" else label, "eye": eye, **person}
                table.add(SourceRow(sample, (ImageRef(images[sample.lower()]),), "train", patient, values))
    return table.build()


def eye_state(keywords: str) -> str | None:
    """``referable``, ``suspected`` or ``none`` by the keywords of one eye; ``None`` where there are none.

    Keywords are joined by a full-width comma, an ASCII comma or a semicolon.
    """
    words = _words(keywords)
    named = [word for word in words if "glaucoma" in word]
    if not words:
        return None
    if any("suspect" not in word for word in named):
        return "referable"
    return "suspected" if named else "none"


def _words(keywords: str) -> list[str]:
    words = (" ".join(word.lower().split()) for word in re.split("[\uff0c,;\uff1b]", keywords))
    return [word for word in words if word]


def _unfit(keywords: str, photographs: str) -> str:
    words = set(_words(keywords))
    if photographs != "all" and words & NO_FUNDUS:
        return "no fundus is shown"
    return "called a poor photograph" if photographs == "good" and words & POOR else ""


def _states(row: Mapping[str, str], level: str) -> Iterator[tuple[str, str | None]]:
    states = {eye: eye_state(row[column]) for eye, column in EYES.items()}
    if level == "eye":
        yield from states.items()
        return
    # the patient column does not tell suspected from certain; the keywords of the two eyes do
    only_suspected = "suspected" in states.values() and "referable" not in states.values()
    positive = "suspected" if only_suspected else "referable"
    patient = positive if number(row["G"]) == 1 else "none"
    for eye in states:
        yield eye, patient
