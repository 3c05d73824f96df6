"""Sample of PadChest: 16-bit films, 36 columns, long ids, and the oddities of its label texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from medbench.cohort.samples.appearance import Traits, draw_group, draw_traits, mixed
from medbench.cohort.samples.canvas import Pixels
from medbench.cohort.samples.counts import digits, scaled
from medbench.cohort.samples.paint_grey import chest
from medbench.cohort.samples.saving import save_image, save_table

__all__ = ["write"]

# the first column is an index without a name
COLUMNS = [
    "ImageID", "ImageDir", "StudyDate_DICOM", "StudyID", "PatientID", "PatientBirth", "PatientSex_DICOM",
    "ViewPosition_DICOM", "Projection", "MethodProjection", "Pediatric", "Modality_DICOM",
    "Manufacturer_DICOM", "PhotometricInterpretation_DICOM", "PixelRepresentation_DICOM",
    "PixelAspectRatio_DICOM", "SpatialResolution_DICOM", "BitsStored_DICOM", "WindowCenter_DICOM",
    "WindowWidth_DICOM", "Rows_DICOM", "Columns_DICOM", "XRayTubeCurrent_DICOM", "Exposure_DICOM",
    "ExposureInuAs_DICOM", "ExposureTime", "RelativeXRayExposure_DICOM", "ReportID", "Report",
    "MethodLabel", "Labels", "Localizations", "LabelsLocalizationsBySentence", "labelCUIS",
    "LocalizationsCUIS",
]  # fmt: skip
SIDE = 36
STRENGTH = 1.5
# the traits they move, in order: brightness, grain, contrast, slope, size of the heart
COMMON = {
    "aortic elongation": 0.6,
    "chronic changes": 0.6,
    "infiltrates": 0.6,
    "pleural effusion": 0.6,
    "cardiomegaly": 0.65,
}
RARE = {"mass": 0.05, "breast mass": 0.05, "pneumothorax": 0.04, "unchanged": 0.12}


@dataclass(frozen=True)
class Patient:
    """A patient's id, sex, findings and look."""

    identity: str
    sex: str
    present: tuple[bool, ...]
    look: Traits


@dataclass
class Table:
    """Rows so far, and where the images go."""

    root: Path
    rows: list[list[object]] = field(default_factory=list)

    def add(self, rng: np.random.Generator, patient: Patient, method: str, projection: str) -> None:
        """Draw one film and write its row."""
        number = len(self.rows)
        present = [bool(has != (rng.random() < 0.1)) for has in patient.present]
        folder = ("0", "1", "54")[number % 3]
        code = f"{number * 7919 % 16**6:06x}"
        tail = code if number % 4 else f"{number % 90 + 10}-{number % 900 + 100}-002"
        image = f"9{digits(rng, 38)}_{tail}.png"
        bits = 10 if number % 10 == 0 else 12
        pixels = chest(rng, draw_traits(rng, mixed(present, STRENGTH), patient.look), SIDE)
        save_image(self.root / folder / image, _film(pixels, bits))
        labels = "nan" if number in {11, 12, 13} else _labels(rng, present)
        cells = dict.fromkeys(COLUMNS, "")
        cells |= {"ImageID": image, "ImageDir": folder, "StudyID": f"9{digits(rng, 44)}"}
        cells |= {"PatientID": patient.identity, "PatientSex_DICOM": patient.sex, "Projection": projection}
        cells |= {"MethodLabel": method, "Labels": labels, "BitsStored_DICOM": str(bits)}
        # the originals print arrays here, with line ends inside the quotes
        # one study's id in sixteen is no number; reports hold commas, quotes and line ends
        cells |= {"StudyID": f"{cells['StudyID'][:-1]}x"} if number % 16 == 15 else {}
        cells |= {"Pediatric": "PED" if number % 50 == 49 else "No", "ReportID": str(number)}
        cells |= {"Report": 'drawn by medbench , says "nothing"\n at all'}
        cells |= {"labelCUIS": "['C0000001' 'C0000002'\n 'C0000003']"}
        self.rows.append([number, *cells.values()])


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """240 patients labelled by physicians, 110 by the network at scale 1, and rows that are left out."""
    table = Table(root)
    for number in range(scaled(240, scale)):
        patient = _patient(rng)
        for _ in range(1 + number % 3):
            table.add(rng, patient, "Physician", ("PA", "AP", "AP_horizontal")[int(rng.integers(3))])
        if number % 20 == 0:
            table.add(rng, patient, "RNN_model", "PA")
    for number in range(scaled(110, scale)):
        patient = _patient(rng)
        table.add(rng, patient, "RNN_model", "PA")
        if number % 5 == 0:
            table.add(rng, patient, "RNN_model", ("L", "COSTAL", "EXCLUDE")[number // 5 % 3])
    _add_truncated(table, rng)
    save_table(root / "PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv", ["", *COLUMNS], table.rows)


def _add_truncated(table: Table, rng: np.random.Generator) -> None:
    """One film whose file ends in the middle, as 21 of the original do."""
    table.add(rng, _patient(rng), "RNN_model", "PA")
    name, folder = (str(table.rows[-1][1 + COLUMNS.index(column)]) for column in ("ImageID", "ImageDir"))
    file = table.root / folder / name
    file.write_bytes(file.read_bytes()[:-40])


def _patient(rng: np.random.Generator) -> Patient:
    present = tuple(bool(rng.random() < share) for share in COMMON.values())
    sex = str(rng.choice(["M", "F", "O", "nan"], p=[0.48, 0.48, 0.02, 0.02]))
    return Patient(f"9{digits(rng, 36)}", sex, present, draw_group(rng))


def _labels(rng: np.random.Generator, present: list[bool]) -> str:
    labels = [label for label, has in zip(COMMON, present, strict=True) if has]
    labels += [label for label, share in RARE.items() if rng.random() < share]
    labels = labels or ["normal"]
    if rng.random() < 0.3:
        labels = [labels[0], *(f" {label}" for label in labels[1:])]
    if rng.random() < 0.1:
        labels.append(str(rng.choice(["", labels[0]])))
    return str(labels)


def _film(pixels: Pixels, bits: int) -> npt.NDArray[np.uint16]:
    top = 2**bits - 1
    film: npt.NDArray[np.uint16] = np.rint(pixels / 255 * top).astype(np.uint16)
    # the lead marker beside the body is always the brightest spot, so the image's maximum says nothing
    film[1:4, 1:3] = top
    return film
