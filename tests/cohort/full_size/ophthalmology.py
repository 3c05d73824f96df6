"""EyePACS 2015, APTOS 2019, AIROGS and ODIR-5K."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from openpyxl import Workbook

from .writing import touch, write_table

__all__ = [
    "AIROGS",
    "APTOS",
    "EYEPACS",
    "ODIR_PATIENTS",
    "write_airogs",
    "write_aptos",
    "write_eyepacs",
    "write_odir",
]

EYEPACS = {"train": (25810, 2443, 5292, 873, 708), "test": (39533, 3762, 7861, 1214, 1206)}
"""Images of grades 0 to 4. Every subject has a left and a right eye."""
PUBLIC = 10906
APTOS = (1805, 370, 999, 193, 295)
AIROGS = {"NRG": 98172, "RG": 3270}
ODIR_PATIENTS = 3500


def write_eyepacs(root: Path) -> None:
    """Both parts, the second's labels from the table that circulates; no id is in both; 492 is in train."""
    rng = np.random.default_rng(5)
    for part, name, first in (("train", "trainLabels.csv", 10), ("test", "retinopathy_solution.csv", 20000)):
        grades = rng.permutation(_grades(EYEPACS[part]))
        eyes = [f"{first + n // 2}_{('left', 'right')[n % 2]}" for n in range(len(grades))]
        usage = rng.permutation(np.where(np.arange(len(grades)) < PUBLIC, "Public", "Private"))
        rows = list(zip(eyes, grades.tolist(), usage.tolist(), strict=True))
        width = 2 if part == "train" else 3
        write_table(root / name, ("image", "level", "Usage")[:width], (row[:width] for row in rows))
        touch(root / part, (f"{eye}.jpeg" for eye in eyes))


def write_aptos(root: Path) -> None:
    """Hexadecimal ids, of which some read as numbers; 1,928 images without labels."""
    grades = np.random.default_rng(6).permutation(_grades(APTOS))
    names = [
        f"{number % 10}e{number:010d}" if number % 9 == 0 else f"{number * 75913 % 16**6:06x}{number:06x}"
        for number in range(len(grades))
    ]
    write_table(root / "train.csv", ("id_code", "diagnosis"), zip(names, grades.tolist(), strict=True))
    write_table(root / "test.csv", ("id_code",), ((f"ff{number:010d}",) for number in range(1928)))
    touch(root / "train_images", (f"{name}.png" for name in names))
    touch(root / "test_images", (f"ff{number:010d}.png" for number in range(1928)))


def write_airogs(root: Path) -> None:
    """Six numbered folders; some names end in capitals."""
    labels = np.random.default_rng(7).permutation(np.repeat(list(AIROGS), list(AIROGS.values())))
    names = [f"TRAIN{number:06d}" for number in range(len(labels))]
    write_table(root / "train_labels.csv", ("challenge_id", "class"), zip(names, labels, strict=True))
    for folder in range(6):
        chosen = names[folder * len(names) // 6 : (folder + 1) * len(names) // 6]
        touch(
            root / str(folder), (f"{name}.{'JPG' if n % 50 == 0 else 'jpg'}" for n, name in enumerate(chosen))
        )


def write_odir(root: Path) -> None:
    """The challenge's workbook: ids as numbers, keywords joined in three ways, photographs of no fundus."""
    words = (
        "normal fundus", "suspected glaucoma，lens dust", "Glaucoma, macular epiretinal membrane",
        "drusen;cataract", "low image quality", "anterior segment image", "no fundus image",
    )  # fmt: skip
    book = Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(
        ["ID", "Patient Age", "Patient Sex", "Left-Fundus", "Right-Fundus", "Left-Diagnostic Keywords",
         "Right-Diagnostic Keywords", *"NDGCAHMO"]
    )  # fmt: skip
    for number in range(ODIR_PATIENTS):
        left, right = words[number % 7], words[number // 7 % 7]
        glaucoma = int("laucoma" in left + right)
        eyes = [f"{number}_left.jpg", f"{number}_right.jpg"]
        sheet.append(
            [float(number), 60, ("Male", "Female")[number % 2], *eyes, left, right, 0, 0, glaucoma, *[0] * 5]
        )
    book.save(_made(root) / "ODIR-5K_Training_Annotations(Updated)_V2.xlsx")
    eyes = [f"{number}_{eye}.jpg" for number in range(ODIR_PATIENTS) for eye in ("left", "right")]
    touch(root / "ODIR-5K_Training_Images", eyes)


def _grades(counts: Sequence[int]) -> np.ndarray:
    return np.repeat(np.arange(5), counts)


def _made(root: Path) -> Path:
    root.mkdir(parents=True, exist_ok=True)
    return root
