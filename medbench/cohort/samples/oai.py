"""Sample of OAI in its classic form: a table a visit, ``|`` between cells, repeated readings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from medbench.cohort.samples.appearance import Traits, draw_group
from medbench.cohort.samples.counts import digits, scaled
from medbench.cohort.samples.knees import next_grade, save_crop
from medbench.cohort.samples.saving import save_table

__all__ = ["write"]

FOLDER = "X-Ray Image Assessments_ASCII/Semi-Quant Scoring_ASCII"
MISSING = ".: Missing Form/Incomplete Workbook"
NAMES = ("None", "Doubtful", "Minimal", "Moderate", "Severe")
# the provider changed the case of the columns between visits
VISITS = {"00": ("kxr_sq_bu00.txt", "V00", str.upper), "03": ("kxr_sq_bu03.txt", "v03", str.lower)}
Readings = dict[str, list[list[object]]]


@dataclass(frozen=True)
class Person:
    """A person's id, and what the pictures of both knees have in common."""

    identity: str
    look: Traits


def write(root: Path, scale: float, rng: np.random.Generator) -> None:
    """100 people at scale 1, two knees each, two visits for three in four of them."""
    readings: Readings = {visit: [] for visit in VISITS}
    for number in range(scaled(100, scale)):
        person = Person(f"99{number:05d}", draw_group(rng))
        grades = [number % 5, int(rng.integers(5))]
        for visit in list(VISITS)[: 1 if number % 4 == 0 else 2]:
            _write_visit(root / "crops", person, grades, readings[visit], rng)
            grades = [next_grade(rng, grade) for grade in grades]
    # nobody was filmed at the other visits, whose tables have a header only
    unused = {v: (f"KXR_SQ_BU{v}.txt", f"V{v}", str.upper) for v in ("01", "05", "06", "08", "10")}
    for visit, (name, prefix, case) in {**VISITS, **unused}.items():
        header = [case(column) for column in ("ID", "SIDE", "READPRJ", "VERSION")]
        header += [case(f"{prefix}{column}") for column in ("BARCDBU", "XRKL")]
        save_table(root / FOLDER / name, header, readings.get(visit, []), delimiter="|")


def _write_visit(
    crops: Path, person: Person, grades: list[int], rows: list[list[object]], rng: np.random.Generator
) -> None:
    barcode = f"01669{digits(rng, 7)}"
    for side, code, grade in (("r", "1: Right", grades[0]), ("l", "2: Left", grades[1])):
        number = len(rows)
        crop = f"{person.identity}_{barcode}_20040{number % 9 + 1}15_{side}"
        if number % 25 == 24:
            rows.append([person.identity, code, 15, "0.6", barcode, MISSING])
            continue
        save_crop(crops / f"{crop}.png", grade, person.look, rng)
        if number % 6 == 0:
            # another project read the same knee differently; the main reading counts
            rows.append([person.identity, code, 42, "0.6", barcode, (grade + 1) % 5])
        text = f"{grade}: {NAMES[grade]}" if number % 2 else grade
        rows.append([person.identity, code, 37 if number % 10 == 3 else 15, "0.6", barcode, text])
