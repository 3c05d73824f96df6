"""Readers of EyePACS, APTOS, AIROGS and ODIR."""

from __future__ import annotations

from collections import Counter

import pytest
from openpyxl import Workbook

from medbench.cohort.sources import airogs, aptos_2019, eyepacs_2015, odir_5k


def test_eyepacs_parts_patients_and_the_black_eye(sample_root):
    table = eyepacs_2015.read(sample_root / "eyepacs-2015", {})
    assert Counter(row.part for row in table.rows) == {"train": 200, "test": 120}
    assert set(Counter(row.group for row in table.rows).values()) == {2}
    assert table.exclusions == {"a subject whose right image is unreadable": 2}
    assert {row.values["eye"] for row in table.rows} == {"left", "right"}


def test_eyepacs_same_number_in_both_parts_is_two_patients(make, tmp_path):
    make("trainLabels.csv", "image,level\n10_left,0\n10_right,5\n")
    make("testLabels15.csv", "image,level,Usage\n10_left,4,Private\n492_left,1,Public\n")
    for name in ("train/10_left.jpeg", "train/10_right.jpeg", "test/10_left.jpeg", "test/492_left.jpeg"):
        make(name)
    table = eyepacs_2015.read(tmp_path, {})
    assert [(row.sample, row.group, row.values["grade"]) for row in table.rows] == [
        ("test-10_left", "test-10", "proliferative"),
        ("test-492_left", "test-492", "mild"),
        ("train-10_left", "train-10", "none"),
    ]
    assert table.exclusions == {"grade is not 0 to 4": 1}


def test_aptos_ids_stay_text(sample_root):
    table = aptos_2019.read(sample_root / "aptos-2019", {})
    starts = Counter(row.sample[:2] for row in table.rows)
    assert starts["1e"] > 10
    assert starts["00"] > 10
    assert all(len(row.sample) == 12 for row in table.rows)


def test_airogs_folders_and_capital_endings(sample_root):
    table = airogs.read(sample_root / "airogs", {})
    assert {row.images[0].path.split("/")[0] for row in table.rows} == set("012345")
    assert any(row.images[0].path.endswith(".JPG") for row in table.rows)


def test_airogs_flat_ungradable_and_missing(make, tmp_path):
    make("train_labels.csv", "challenge_id,class\nTRAIN1,RG\nTRAIN2,U\nTRAIN3,NRG\n")
    make("TRAIN1.jpg")
    make("TRAIN2.jpg")
    table = airogs.read(tmp_path, {})
    assert [(row.sample, row.values["glaucoma"]) for row in table.rows] == [("TRAIN1", "referable")]
    assert (table.exclusions, table.missing_files) == ({"ungradable": 1}, 1)


@pytest.mark.parametrize(
    ("keywords", "state"),
    [
        ("glaucoma", "referable"),
        ("Lens dust\uff0cGlaucoma", "referable"),
        ("drusen, glaucoma", "referable"),
        ("suspected glaucoma\uff0clens dust", "suspected"),
        ("suspected glaucoma;glaucoma", "referable"),
        ("normal fundus", "none"),
        ("suspected cataract\uff0cglaucoma", "referable"),
        ("", None),
    ],
)
def test_odir_keywords_of_one_eye(keywords, state):
    assert odir_5k.eye_state(keywords) == state


def write_annotations(path, rows):
    book = Workbook()
    head = ["ID", "Patient Age", "Patient Sex", "Left-Fundus", "Right-Fundus"]
    book.worksheets[0].append([*head, "Left-Diagnostic Keywords", "Right-Diagnostic Keywords", *"NDGCAHMO"])
    for identity, left, right, glaucoma in rows:
        flags = [0, 0, glaucoma, 0, 0, 0, 0, 0]
        book.worksheets[0].append([identity, 61, "Male", "", "", left, right, *flags])
    path.parent.mkdir(parents=True, exist_ok=True)
    book.save(path)


ROWS = [
    (9001.0, "suspected glaucoma\uff0clens dust", "normal fundus", 1),
    (9002, "glaucoma", "suspected glaucoma", 1),
]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"9001_left": 1, "9001_right": 0, "9002_left": 1, "9002_right": 1}),
        ({"suspected": "drop"}, {"9001_right": 0, "9002_left": 1}),
        ({"suspected": "negative"}, {"9001_left": 0, "9001_right": 0, "9002_left": 1, "9002_right": 0}),
        ({"level": "patient"}, {"9001_left": 1, "9001_right": 1, "9002_left": 1, "9002_right": 1}),
        ({"level": "patient", "suspected": "drop"}, {"9002_left": 1, "9002_right": 1}),
    ],
)
@pytest.mark.parametrize(
    ("annotations", "images"),
    [
        ("ODIR-5K_Training_Annotations(Updated)_V2.xlsx", "ODIR-5K_Training_Images"),
        ("ODIR-5K/data.xlsx", "ODIR-5K/Training Images"),
        ("Training Set/Annotation/training annotation (English).xlsx", "Training Set/Images"),
    ],
)
def test_odir_label_options_in_every_shape(make, tmp_path, options, expected, annotations, images):
    write_annotations(tmp_path / annotations, ROWS)
    for name in ("9001_left", "9001_right", "9002_left", "9002_right"):
        make(f"{images}/{name}.jpg")
    table = odir_5k.read(tmp_path, options)
    assert {row.sample: int(row.values["glaucoma"] == "referable") for row in table.rows} == expected
    assert {row.group for row in table.rows} <= {"9001", "9002"}
    assert (table.rows[0].values["age"], table.rows[0].values["sex"]) == (61, "male")


def test_odir_ids_that_are_text_with_a_point(make, tmp_path):
    write_annotations(tmp_path / "data.xlsx", [("9001.0", "glaucoma", "normal fundus", 1)])
    for eye in ("left", "right"):
        make(f"ODIR-5K_Training_Images/9001_{eye}.jpg")
    table = odir_5k.read(tmp_path, {})
    assert [(row.sample, row.group) for row in table.rows] == [("9001_left", "9001"), ("9001_right", "9001")]


def test_odir_sample_has_eyes_that_differ_within_a_patient(sample_root):
    table = odir_5k.read(sample_root / "odir-5k", {})
    eyes: dict[str, set[object]] = {}
    for row in table.rows:
        eyes.setdefault(row.group, set()).add(row.values["glaucoma"])
    assert sum(len(labels) == 2 for labels in eyes.values()) >= 20
    patient = odir_5k.read(sample_root / "odir-5k", {"level": "patient"})
    assert sum(row.values["glaucoma"] == "referable" for row in patient.rows) > 62
