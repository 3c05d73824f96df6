"""PadChest: 160,861 rows of 36 columns with the faults of the provider's table.

Every total is that of the published table. How many films each patient has is drawn (``group_sizes``).
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .writing import group_sizes, touch

__all__ = ["COHORT", "EXCLUSIONS", "PATIENTS", "PHYSICIAN_PATIENTS", "PHYSICIAN_ROWS", "write"]

STEM = "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv"
HEADER = [
    "ImageID", "ImageDir", "StudyDate_DICOM", "StudyID", "PatientID", "PatientBirth", "PatientSex_DICOM",
    "ViewPosition_DICOM", "Projection", "MethodProjection", "Pediatric", "Modality_DICOM",
    "Manufacturer_DICOM", "PhotometricInterpretation_DICOM", "PixelRepresentation_DICOM",
    "PixelAspectRatio_DICOM", "SpatialResolution_DICOM", "BitsStored_DICOM", "WindowCenter_DICOM",
    "WindowWidth_DICOM", "Rows_DICOM", "Columns_DICOM", "XRayTubeCurrent_DICOM", "Exposure_DICOM",
    "ExposureInuAs_DICOM", "ExposureTime", "RelativeXRayExposure_DICOM", "ReportID", "Report",
    "MethodLabel", "Labels", "Localizations", "LabelsLocalizationsBySentence", "labelCUIS",
    "LocalizationsCUIS",
]  # fmt: skip
FRONTAL = {"PA": 91728, "AP_horizontal": 14346, "AP": 4559}
OTHER = {"L": 49579, "COSTAL": 630, "EXCLUDE": 11, "UNK": 8}
PHYSICIAN_PATIENTS, PHYSICIAN_ROWS, AUTOMATIC_ROWS = 24239, 26432, 15903
"""Automatic labels of a physician's patients are not in the cohort."""
OTHER_PATIENTS, SIDE_PATIENTS = 43008, 378
OTHER_ROWS = sum(FRONTAL.values()) - PHYSICIAN_ROWS - AUTOMATIC_ROWS
LOST_PATIENTS, UNLABELLED, CUT_OFF = 38, 58, 14
"""Of the 72 rows without labels or with half a file, 38 are the only film of a patient."""
COHORT = PHYSICIAN_ROWS + OTHER_ROWS - UNLABELLED - CUT_OFF
PATIENTS = PHYSICIAN_PATIENTS + OTHER_PATIENTS - LOST_PATIENTS
EXCLUSIONS = {
    "automatic labels of a patient with physician's labels": AUTOMATIC_ROWS,
    "no labels": UNLABELLED,
    "not a frontal projection": sum(OTHER.values()),
    "truncated image file": CUT_OFF,
}
PHYSICIAN_SIDE_ROWS, UNLABELLED_SIDE_ROWS = 39053 - PHYSICIAN_ROWS, 103 - UNLABELLED
LEADING_BLANK, EMPTY, REPEATED, LINE_ENDS = 29282, 3041, 669, 1486
NAMES = 193
WHOLE_PNG = b"\0\0\0\0IEND\xaeB`\x82"


@dataclass(frozen=True)
class Row:
    """What the cohort depends on."""

    patient: int
    projection: str
    method: str
    fault: str = ""


def write(root: Path) -> None:
    """The table in a shuffled order, and one numbered folder an archive."""
    rng = np.random.default_rng(8)
    rows = _rows(rng)
    order = rng.permutation(len(rows)).tolist()
    labels = _labels(rng, len(rows))
    folders: dict[int, list[str]] = {}
    cut: dict[int, list[str]] = {}
    root.mkdir(parents=True, exist_ok=True)
    with (root / STEM).open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["", *HEADER])
        for number, place in enumerate(order):
            row, folder = rows[place], (*range(51), 54)[number % 52]
            image = _image_id(number)
            writer.writerow(
                _cells(number, row, image, folder, "nan" if row.fault == "nan" else labels[number])
            )
            (cut if row.fault == "cut" else folders).setdefault(folder, []).append(image)
    for folder, names in folders.items():
        touch(root / str(folder), names, WHOLE_PNG)
    for folder, names in cut.items():
        touch(root / str(folder), names, WHOLE_PNG[:6])


def _rows(rng: np.random.Generator) -> list[Row]:
    frontal = iter(rng.permutation(np.repeat(list(FRONTAL), list(FRONTAL.values()))).tolist())
    side = iter(rng.permutation(np.repeat(list(OTHER), list(OTHER.values()))).tolist())
    own = group_sizes(rng, PHYSICIAN_PATIENTS, PHYSICIAN_ROWS, 1, 17)
    rows = [Row(patient, next(frontal), "Physician") for patient, n in enumerate(own) for _ in range(n)]
    rows += [Row(patient, next(frontal), "RNN_model") for patient in range(AUTOMATIC_ROWS)]
    rows += _automatic(rng, frontal)
    every = PHYSICIAN_PATIENTS + OTHER_PATIENTS
    for number in range(sum(OTHER.values())):
        patient = every + number if number < SIDE_PATIENTS else number % every
        method = "Physician" if number < PHYSICIAN_SIDE_ROWS else "RNN_model"
        rows.append(Row(patient, next(side), method, "nan" if number < UNLABELLED_SIDE_ROWS else ""))
    return rows


def _automatic(rng: np.random.Generator, frontal: Iterator[str]) -> list[Row]:
    sizes = sorted(group_sizes(rng, OTHER_PATIENTS, OTHER_ROWS, 1, 119))
    faults = rng.permutation(["nan"] * UNLABELLED + ["cut"] * CUT_OFF).tolist()
    last = len(sizes) - (len(faults) - LOST_PATIENTS)
    rows: list[Row] = []
    for number, size in enumerate(sizes):
        # single films first: the faults of the first 38 lose a patient, those of the last 34 do not
        spoilt = number < LOST_PATIENTS or number >= last
        patient = PHYSICIAN_PATIENTS + number
        for film in range(size):
            fault = faults.pop() if spoilt and film == 0 else ""
            rows.append(Row(patient, next(frontal), "RNN_model", fault))
    return rows


def _image_id(number: int) -> str:
    if number % 4:
        return f"9{number:044d}_{number % 90 + 10}-{number % 900 + 100}-{number % 700 + 100}.png"
    return f"{10**18 + number}_{number * 7919 % 16**6:06x}.png"


def _cells(number: int, row: Row, image: str, folder: int, labels: str) -> list[object]:
    cells: dict[str, object] = dict.fromkeys(HEADER, "1")
    cells |= {"ImageID": image, "ImageDir": folder, "StudyID": f"9{number:044d}", "MethodLabel": row.method}
    cells |= {"PatientID": f"0{row.patient:036d}", "PatientSex_DICOM": ("M", "F", "O", "nan")[number % 4]}
    cells |= {"Projection": row.projection, "Report": "texto, inventado . sin hallazgos .", "Labels": labels}
    break_line = "\n" if number < LINE_ENDS else ""
    cells |= {"labelCUIS": f"['C0000001' 'C0000002'{break_line} 'C0000003']"}
    return [number, *cells.values()]


def _labels(rng: np.random.Generator, rows: int) -> list[str]:
    # frequencies fall as one over the rank, so that about as many labels as in the paper pass 50 positives
    weights = 1 / np.arange(1, NAMES + 1)
    drawn = rng.choice(NAMES, (rows, 3), p=weights / weights.sum()).tolist()
    lengths = rng.integers(1, 4, rows).tolist()
    found: list[str] = []
    for number, (names, length) in enumerate(zip(drawn, lengths, strict=True)):
        labels = [f"finding {name}" for name in dict.fromkeys(names[:length])]
        if number < LEADING_BLANK:
            labels[-1] = f" {labels[-1]}"
        elif number < LEADING_BLANK + EMPTY:
            labels.append("")
        elif number < LEADING_BLANK + EMPTY + REPEATED:
            labels.append(labels[0])
        found.append(str(labels))
    return found
