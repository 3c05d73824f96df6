"""HAM10000, the two further parts of ISIC 2018 task 3, and SIIM-ISIC 2020.

How many images each lesion or patient has is not published; sizes are drawn (``group_sizes``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .writing import group_sizes, touch, write_table

__all__ = ["HAM", "ISIC", "SIIM", "SIIM_SIZES", "write_ham10000", "write_isic_2018", "write_siim"]

HAM = {"nv": 6705, "mel": 1113, "bkl": 1099, "bcc": 514, "akiec": 327, "vasc": 142, "df": 115}
LESIONS = 7470
COLUMNS = ("MEL", "NV", "BCC", "AKIEC", "BKL", "DF", "VASC")
ISIC = {"Validation": (21, 123, 15, 8, 22, 1, 3), "Test": (171, 909, 93, 43, 217, 44, 35)}
SIIM = {"images": 33126, "patients": 2056, "malignant": 584, "pairs": 425}
SIIM_SIZES = (2, 115)


def write_ham10000(root: Path) -> None:
    """Dataverse's table without an extension, blank ages, ``unknown`` places, two folders of images."""
    rng = np.random.default_rng(3)
    lesions = np.repeat(np.arange(LESIONS), group_sizes(rng, LESIONS, sum(HAM.values()), 1, 6))
    diagnoses = rng.permutation(np.repeat(list(HAM), list(HAM.values())))
    rows = [
        (
            f"HAM_{9000000 + lesion}", f"ISIC_{9000000 + number}", diagnosis,
            ("histo", "follow_up", "consensus", "confocal")[number % 4],
            "" if number % 176 == 0 else f"{5 * (number % 17)}.0", ("male", "female", "unknown")[number % 3],
            ("back", "unknown", "face")[number % 3], "vidir_modern",
        )
        for number, (lesion, diagnosis) in enumerate(zip(lesions, diagnoses, strict=True))
    ]  # fmt: skip
    header = ("lesion_id", "image_id", "dx", "dx_type", "age", "sex", "localization", "dataset")
    write_table(root / "HAM10000_metadata", header, rows)
    names = [f"{row[1]}.jpg" for row in rows]
    touch(root / "HAM10000_images_part_1", names[:5000])
    touch(root / "HAM10000_images_part_2", [*names[5000:], "._ISIC_9005000.jpg"])


def write_isic_2018(root: Path) -> None:
    """One-hot truth as ``1.0`` and ``0.0``; the test images lie in a folder unpacked into its own name."""
    first = 0
    for part, counts in ISIC.items():
        diagnoses = np.repeat(np.arange(7), counts)
        rows = [
            (f"ISIC_{9100000 + first + number}", *(f"{float(column == diagnosis)}" for column in range(7)))
            for number, diagnosis in enumerate(diagnoses)
        ]
        first += len(rows)
        stem = f"ISIC2018_Task3_{part}"
        write_table(root / f"{stem}_GroundTruth" / f"{stem}_GroundTruth.csv", ("image", *COLUMNS), rows[::-1])
        folder = root / f"{stem}_Input"
        touch(folder if part == "Validation" else folder / folder.name, [f"{row[0]}.jpg" for row in rows])
        touch(folder, ["ATTRIBUTION.txt", "LICENSE.txt"])


def write_siim(root: Path) -> None:
    """Kaggle's tree: blanks in 65, 68 and 527 rows, 425 pairs of duplicates, test images without labels."""
    rng = np.random.default_rng(4)
    sizes = group_sizes(rng, SIIM["patients"], SIIM["images"], *SIIM_SIZES)
    patients = np.repeat(np.arange(SIIM["patients"]), sizes)
    targets = rng.permutation(np.arange(SIIM["images"]) < SIIM["malignant"])
    rows = [
        (
            f"ISIC_{9200000 + number}", f"IP_{9000000 + patient}", "" if number < 65 else "male",
            "" if number < 68 else "45.0", "" if number < 527 else "torso",
            "melanoma" if target else "unknown", "malignant" if target else "benign", int(target),
        )
        for number, (patient, target) in enumerate(zip(patients, targets, strict=True))
    ]  # fmt: skip
    header = (
        "image_name", "patient_id", "sex", "age_approx", "anatom_site_general_challenge", "diagnosis",
        "benign_malignant", "target",
    )  # fmt: skip
    write_table(root / "train.csv", header, (rows[int(index)] for index in rng.permutation(len(rows))))
    write_table(
        root / "test.csv", header[:5], [(f"ISIC_{9300000 + n}", "IP_1", "", "", "") for n in range(10982)]
    )
    pairs = rng.choice(len(rows), (SIIM["pairs"], 2), replace=False)
    write_table(
        root / "ISIC_2020_Training_Duplicates.csv",
        ("image_name_1", "image_name_2"),
        [(rows[a][0], rows[b][0]) for a, b in pairs.tolist()],
    )
    touch(root / "jpeg" / "train", [f"{row[0]}.jpg" for row in rows])
