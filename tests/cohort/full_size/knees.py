"""OAI and MOST: readings in the providers' tables, and crops named as the paper's group names them.

How many graded knees each person has is not published; sizes are drawn (``group_sizes``).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .writing import group_sizes, touch, write_table

__all__ = ["MOST", "OAI", "write_most", "write_oai"]

OAI = {"persons": 4508, "knees": 47029, "crops": 52981, "low": 1, "high": 14}
"""Persons with a graded crop, graded crops, all crops, and the fewest and most knees a person can have."""
OAI_VISITS = ("00", "01", "03", "05", "06", "08", "10")
OAI_FOLDER = "X-Ray Image Assessments_ASCII/Semi-Quant Scoring_ASCII"
NO_GRADE = ".: Missing Form/Incomplete Workbook"
MOST = {"persons": 3012, "knees": 19060, "crops": 20158, "low": 1, "high": 10}
MOST_VISITS = (0, 1, 2, 3, 5)
MOST_CODES = ("8", "9", "1.9", "P", "S", "X", "Z", "-1", "")


def write_oai(root: Path) -> None:
    """Seven visits; three projects, of which 15 counts; grades with words; barcodes that begin with 0."""
    rng = np.random.default_rng(9)
    tables: dict[str, list[tuple[str, ...]]] = {visit: [] for visit in OAI_VISITS}
    crops: list[str] = []
    ungraded = iter([True] * (OAI["crops"] - OAI["knees"]))
    for number, size in enumerate(group_sizes(rng, OAI["persons"], OAI["knees"], OAI["low"], OAI["high"])):
        person = f"{9000000 + number}"
        for place, knee in enumerate(rng.permutation(OAI["high"]).tolist()):
            visit, side = OAI_VISITS[knee // 2], knee % 2
            grade = number + knee if place < size else None
            if grade is None and next(ungraded, None) is None:
                break
            barcode = f"01{visit}{number:08d}"
            tables[visit] += _oai_rows(person, barcode, side, grade)
            crops.append(f"{person}_{barcode}_20040315_{'rl'[side]}.png")
    for visit, rows in tables.items():
        # the case of file and columns changed between visits
        header = ["ID", "SIDE", "READPRJ", "VERSION", f"V{visit}BARCDBU", f"V{visit}XRKL"]
        name = f"kxr_sq_bu{visit}.txt"
        if visit > "03":
            header, name = [cell.lower() for cell in header], name.upper()
        write_table(root / OAI_FOLDER / name, header, rows, "|")
    touch(root / "crops", crops)


def _oai_rows(person: str, barcode: str, side: int, grade: int | None) -> list[tuple[str, ...]]:
    code = ("1: Right", "2: Left")[side]
    if grade is None:
        return [(person, code, "15", "0.6", barcode, NO_GRADE)]
    value = f"{grade % 5}" if grade % 3 else f"{grade % 5}: Grade"
    rows = [(person, code, ("15", "37", "42")[0 if grade % 7 else grade % 3], "0.6", barcode, value)]
    if grade % 7:
        # another project read the same knee otherwise, and its row comes first
        rows.insert(0, (person, code, "42", "0.6", barcode, f"{(grade + 1) % 5}"))
    return rows


def write_most(root: Path) -> None:
    """One wide row a person; codes that are no grade, letters and 1.9 among them."""
    rng = np.random.default_rng(10)
    columns = [f"V{visit}X{side}KL" for visit in MOST_VISITS for side in "RL"]
    rows: list[list[str]] = []
    crops: list[str] = []
    ungraded = iter([True] * (MOST["crops"] - MOST["knees"]))
    for number, size in enumerate(
        group_sizes(rng, MOST["persons"], MOST["knees"], MOST["low"], MOST["high"])
    ):
        person = f"M{'BI'[number % 2]}{90000 + number}"
        cells = [MOST_CODES[(number + knee) % len(MOST_CODES)] for knee in range(MOST["high"])]
        for place, knee in enumerate(rng.permutation(MOST["high"]).tolist()):
            if place < size:
                cells[knee] = f"{(number + knee) % 5}"
            elif next(ungraded, None) is None:
                break
            crops.append(f"{person}_{MOST_VISITS[knee // 2]}_{'rl'[knee % 2]}.png")
        rows.append([person, *cells])
    write_table(root / "MOSTV01235XRAY.txt", ["MOSTID", *columns], rows, "\t")
    touch(root / "crops", crops)
