"""Cohorts at full size: Table 1 exactly where the provider fixes it, by rule where the split is drawn."""

from __future__ import annotations

import csv
from collections import Counter
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest

from medbench.cohort.sources import reader
from medbench.spec import Catalogue

from . import dermatology, kather, nejm, ophthalmology, padchest, pannuke
from .sources import WRITERS

SIZES = {
    "nct-crc-he-100k": (100000, 100000), "crc-val-he-7k": (7180, 7180), "pannuke": (6234, 6234),
    "ham10000": (10015, 7470), "isic-2018-task3": (1705, 1705), "siim-isic-2020": (33126, 2056),
    "eyepacs-2015": (88700, 44350), "aptos-2019": (3662, 3662), "airogs": (101442, 101442),
    "odir-5k": (7000, 3500), "padchest": (94658, 67209), "oai": (47029, 4508), "most": (19060, 3012),
    "nejm": (947, 947),
}  # fmt: skip
"""Usable samples and groups of each source, by ``datasets.md``."""
TABLE_1 = {"T1": (100000, 7180), "T3": (10208, 1512), "T6": (101442, 7000)}
SAMPLED = {
    # the table's images, and groups as the rule gives them; 418 of MOST's patients are by no rule we know
    "T2": (4971, 1263, 4971, 1263),
    "T4": (26045, 7081, 1644, 412),
    "T5": (73622, 18740, 36811, 7539 + 3662),
    "T7": (86715, 7943, 67209 - 7272, 7272),
    "T8": (56185, 9904, 3831 + 3012 - 452, 677 + 452),
}


def _labels(cohort, split: str, source: str = "") -> dict[str, int]:
    rows = [row for row in cohort.split(split) if source in ("", row.source)]
    return dict(Counter(cohort.classes[row.label] for row in rows))


@pytest.mark.parametrize("source", WRITERS)
def test_samples_and_groups_of_every_source(source: str, full_root) -> None:
    table = reader(source).read(full_root(source), {})
    assert (len(table.rows), len({row.group for row in table.rows})) == SIZES[source]
    assert table.missing_files == 0


@pytest.mark.parametrize("name", TABLE_1)
def test_table_1_is_met_exactly(name: str, full_cohort) -> None:
    cohort = full_cohort(name)
    assert (len(cohort.split("train")), len(cohort.split("test"))) == TABLE_1[name]
    assert cohort.deviations == () and not cohort.synthetic


def test_classes_of_the_provider_s_own_splits(full_cohort) -> None:
    for split, place in (("train", 0), ("test", 1)):
        assert _labels(full_cohort("T1"), split) == {k: n[place] for k, n in kather.TISSUES.items()}
    expected = dict(zip(dermatology.COLUMNS, dermatology.ISIC["Test"], strict=True))
    assert _labels(full_cohort("T3"), "test") == expected
    validation = dict(zip(dermatology.COLUMNS, dermatology.ISIC["Validation"], strict=True))
    train = {name.upper(): n + validation[name.upper()] for name, n in dermatology.HAM.items()}
    assert _labels(full_cohort("T3"), "train") == train
    airogs = {"none": ophthalmology.AIROGS["NRG"], "referable": ophthalmology.AIROGS["RG"]}
    assert _labels(full_cohort("T6"), "train") == airogs


def test_aptos_is_whole_and_in_test_alone(full_cohort) -> None:
    grades = ("none", "mild", "moderate", "severe", "proliferative")
    expected = dict(zip(grades, ophthalmology.APTOS, strict=True))
    assert _labels(full_cohort("T5"), "test", "aptos-2019") == expected
    assert not _labels(full_cohort("T5"), "train", "aptos-2019")
    assert sum(_labels(full_cohort("T5"), "test", "eyepacs-2015").values()) == 15078


def test_the_paper_s_931_cases(full_cohort) -> None:
    cohort = full_cohort("NEJM")
    test = cohort.split("test")
    assert (len(cohort.split("exemplar")), len(test)) == (2, nejm.IN_TIME - 2)
    assert Counter("ABCDE"[row.label] for row in test) == nejm.ANSWERS
    shares = Counter(min(row.columns["reader_share"] // 20, 4) for row in test)
    assert tuple(shares[stratum] for stratum in range(5)) == nejm.STRATA
    assert sum(cohort.exclusions["nejm"].values()) == nejm.CASES - nejm.IN_TIME


@pytest.mark.parametrize("name", SAMPLED)
def test_drawn_splits_hold_groups_exactly_and_images_inside_the_stated_range(name: str, full_cohort) -> None:
    cohort, expected = full_cohort(name), Catalogue().task(name).data.expected
    images = {split: len(cohort.split(split)) for split in ("train", "test")}
    groups = {split: len({row.group for row in cohort.split(split)}) for split in ("train", "test")}
    train, test, train_groups, test_groups = SAMPLED[name]
    low, high = expected["test_range"]
    assert sum(images.values()) == train + test
    assert low <= images["test"] <= high and low <= test <= high
    if name != "T2":
        assert groups == {"train": train_groups, "test": test_groups} == expected["groups"]
    assert cohort.deviations == ()


def test_pannuke_s_strata_are_each_rounded(full_cohort, full_root) -> None:
    table = reader("pannuke").read(full_root("pannuke"), {})
    malignant = sum(row.values["malignancy"] == "malignant" for row in table.rows)
    assert (malignant, len(table.rows) - malignant) == (pannuke.MALIGNANT, pannuke.BENIGN)
    strata = Counter((row.values["tissue"], row.values["malignancy"]) for row in table.rows)
    assert len(strata) == 38
    assert len(full_cohort("T2").split("train")) == sum(floor(Fraction(4, 5) * n) for n in strata.values())
    clean = reader("pannuke").read(full_root("pannuke"), {"rule": "clean"})
    assert len(clean.rows) != len(table.rows), "the published counts are those of the quirks"


def test_padchest_s_published_cohort(full_cohort) -> None:
    cohort = full_cohort("T7")
    assert len(cohort.rows) == padchest.COHORT == 94658
    assert cohort.exclusions["padchest"] == padchest.EXCLUSIONS
    test = cohort.split("test")
    assert len({row.group for row in test}) == ceil(Fraction(3, 10) * padchest.PHYSICIAN_PATIENTS) == 7272
    positives = [sum(row.label[k] for row in test) for k in range(len(cohort.classes))]
    assert len(positives) > 20 and min(positives) > 50


def test_the_files_carry_the_faults_that_the_providers_have(full_root) -> None:
    """The generators, not the readers: without the faults the counts above would show nothing."""
    with (full_root("padchest") / padchest.STEM).open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert Counter(row["MethodLabel"] for row in rows) == {"RNN_model": 121808, "Physician": 39053}
    assert Counter(row["Projection"] for row in rows) == {**padchest.FRONTAL, **padchest.OTHER}
    assert len({row["PatientID"] for row in rows}) == 67625
    assert sum(row["Labels"] == "nan" for row in rows) == 103
    assert sum("\n" in row["labelCUIS"] for row in rows) == padchest.LINE_ENDS
    assert sum("' finding" in row["Labels"] for row in rows) > 29000
    siim = (full_root("siim-isic-2020") / "train.csv").read_text().splitlines()
    assert (len(siim), sum(line.endswith(",1") for line in siim)) == (33127, dermatology.SIIM["malignant"])
    solution = (full_root("eyepacs-2015") / "retinopathy_solution.csv").read_text()
    assert (solution.count("Public"), solution.count("Private")) == (ophthalmology.PUBLIC, 42670)
    assert any(line.startswith("0e0") for line in _lines(full_root("aptos-2019") / "train.csv"))


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines()
