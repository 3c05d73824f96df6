"""What is damaged, absent, forbidden or of another shape: named or counted, never dropped without a word."""

from __future__ import annotations

import gzip
import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from medbench.cohort.sources import (
    READERS,
    aptos_2019,
    eyepacs_2015,
    odir_5k,
    pannuke,
    reader,
    siim_isic_2020,
)
from medbench.cohort.tables import read_rows
from medbench.errors import DataError


@pytest.mark.parametrize(
    "text",
    [
        "id,label\n1,x,extra\n",
        "id,label\n1\n",
        'id,label\n1,"x\n2,y\n',
        'id,label\n1,"x"y\n',
    ],
)
def test_a_damaged_row_is_refused_with_its_place(make, text):
    with pytest.raises(DataError) as caught:
        list(read_rows(make("a.csv", text), ["id", "label"]))
    assert caught.value.code == "MB660" and "row" in caught.value.message


def test_blank_cells_beyond_the_header_and_short_optional_ones_are_kept(make):
    path = make("a.csv", "id,label,age\n1,x,,,\n2,y\n")
    assert [row["label"] for row in read_rows(path, ["id", "label"], ["age"])] == ["x", "y"]


def test_a_gzip_file_that_is_cut_off(tmp_path):
    raw = gzip.compress(b"id,label\n" + b"1,x\n" * 9999)
    for name, content in (("a", raw[:60]), ("b", b"id,label\n1,x\n")):
        path = tmp_path / f"{name}.csv.gz"
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            list(read_rows(path, ["id"]))
        assert caught.value.code == "MB660"


@pytest.mark.parametrize("source", sorted(READERS))
def test_a_folder_that_may_not_be_read_is_not_missing(sample_root, monkeypatch, source):
    root, scandir = sample_root / source, os.scandir

    def refuse(path="."):
        if str(path) == str(root):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refuse)
    for call in (lambda: reader(source).find(root), lambda: reader(source).read(root, {})):
        with pytest.raises(DataError) as caught:
            call()
        assert (caught.value.code, caught.value.where) == ("MB661", str(root))


def test_a_table_that_may_not_be_read(sample_root, monkeypatch):
    root, original = sample_root / "aptos-2019", Path.open

    def refuse(self, *args, **kwargs):
        if self.name == "train.csv":
            raise PermissionError(13, "Permission denied", str(self))
        return original(self, *args, **kwargs)

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(DataError) as caught:
        reader("aptos-2019").read(root, {})
    assert caught.value.code == "MB661" and caught.value.where.endswith("train.csv")


@pytest.mark.parametrize("place", ["train", "train/train"])
def test_a_folder_whose_files_may_not_be_opened_is_named_itself(make, tmp_path, monkeypatch, place):
    make("trainLabels.csv", "image,level\n7_left,0\n")
    make(f"{place}/7_left.jpeg")
    access = os.access
    monkeypatch.setattr(
        os, "access", lambda path, mode: Path(path) != tmp_path / place and access(path, mode)
    )
    with pytest.raises(DataError) as caught:
        reader("eyepacs-2015").read(tmp_path, {})
    assert (caught.value.code, caught.value.where) == ("MB661", str(tmp_path / place))


def test_what_is_asked_for_inside_a_forbidden_folder_is_not_named(make, tmp_path, monkeypatch):
    make("CRC-VAL-HE-7K/ADI/ADI-AAAAAAAA.tif")
    folder, is_dir, access = tmp_path / "CRC-VAL-HE-7K", Path.is_dir, os.access

    def refuse(self):
        if self.parent == folder:
            raise PermissionError(13, "Permission denied", str(self))
        return is_dir(self)

    monkeypatch.setattr(Path, "is_dir", refuse)
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != folder and access(path, mode))
    with pytest.raises(DataError) as caught:
        reader("crc-val-he-7k").read(tmp_path, {})
    assert (caught.value.code, caught.value.where) == ("MB661", str(folder))


def test_a_table_inside_a_folder_of_its_name(make, tmp_path):
    make("trainLabels.csv/trainLabels.csv", "image,level\n7_left,0\n")
    make("retinopathy_solution.csv/x.txt", "")
    make("train/7_left.jpeg")
    assert reader("eyepacs-2015").find(tmp_path) == ""
    table = reader("eyepacs-2015").read(tmp_path, {})
    assert len(table.rows) == 1 and "no test labels" in table.absent_parts[0]
    make("airogs/train_labels.csv/x.txt", "")
    assert reader("airogs").find(tmp_path / "airogs").startswith("no train_labels.csv")


@pytest.mark.parametrize(
    ("source", "name"),
    [
        ("oai", "kxr_sq_bu00.txt"),
        ("pannuke", "fold1/images.npy"),
        ("nejm", "image_challenge_dataset_20231223.json"),
        ("nejm", "2005-10-13/content.txt"),
        ("nejm", "20051013.pptx"),
        ("nejm", "cases.csv"),
    ],
)
def test_a_table_behind_a_link_that_leads_nowhere_is_missing(tmp_path, source, name):
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    (tmp_path / "crops").mkdir()
    for array in ("masks", "types"):
        (path.parent / f"{array}.npy").touch()
    path.symlink_to(tmp_path / "annexed")
    assert reader(source).find(tmp_path).startswith("no ")
    with pytest.raises(DataError) as caught:
        reader(source).read(tmp_path, {})
    assert caught.value.code == "MB601"


@pytest.mark.parametrize("source", sorted(READERS))
def test_an_unknown_shape_is_told_with_what_was_found_and_expected(tmp_path, source):
    (tmp_path / "some-folder").mkdir()
    (tmp_path / "patient-4711.png").touch()
    note = reader(source).find(tmp_path)
    assert note.startswith("no ") and "some-folder" in note and "4711" not in note
    with pytest.raises(DataError) as caught:
        reader(source).read(tmp_path, {})
    assert caught.value.code == "MB601" and "some-folder" in caught.value.message


def test_archives_that_are_not_unpacked_are_told_apart(tmp_path):
    for number in range(1, 8):
        (tmp_path / f"train.zip.00{number}").touch()
    note = reader("eyepacs-2015").find(tmp_path)
    assert "train.zip.001" in note and "and 2 more" in note and "join the parts" in note


def without(sample_root, tmp_path, source, *names):
    shutil.copytree(sample_root / source, tmp_path / source)
    for name in names:
        path = tmp_path / source / name
        shutil.rmtree(path) if path.is_dir() else path.unlink()
    return reader(source).read(tmp_path / source, {}).absent_parts


@pytest.mark.parametrize(
    ("source", "names", "said"),
    [
        ("eyepacs-2015", ["retinopathy_solution.csv"], "no test labels"),
        ("pannuke", ["Fold 2"], "no images.npy, masks.npy, types.npy of fold 2"),
        ("pannuke", ["fold_3/Fold 3/masks"], "no masks.npy of fold 3"),
        ("crc-val-he-7k", ["CRC-VAL-HE-7K/MUC"], "no class folder MUC"),
        (
            "oai",
            ["X-Ray Image Assessments_ASCII/Semi-Quant Scoring_ASCII/KXR_SQ_BU06.txt"],
            "no table of visit 06",
        ),
    ],
)
def test_a_part_that_is_absent_is_named(sample_root, tmp_path, source, names, said):
    (lack,) = without(sample_root, tmp_path, source, *names)
    assert said in lack


@pytest.mark.parametrize("source", sorted(READERS))
def test_nothing_is_absent_from_the_sample(sample_root, source):
    assert reader(source).read(sample_root / source, {}).absent_parts == ()


def test_the_unnormalised_tiles_are_named_when_they_are_all_there_is(make, tmp_path):
    make("NCT-CRC-HE-100K-NONORM/ADI/ADI-AAAAAAAA.tif")
    note = reader("nct-crc-he-100k").find(tmp_path)
    assert "not stain-normalised" in note and note.count("found NCT-CRC-HE-100K-NONORM") == 1
    make("NCT-CRC-HE-100K/ADI/ADI-AAAAAAAA.tif")
    (row,) = reader("nct-crc-he-100k").read(tmp_path, {}).rows
    assert row.images[0].path == "NCT-CRC-HE-100K/ADI/ADI-AAAAAAAA.tif"


def write_fold(folder, tissue="Breast", channels=3):
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", np.zeros((1, 4, 4, channels)))
    np.save(folder / "types.npy", np.array([tissue]))
    mask = np.zeros((1, 4, 4, 6))
    mask[0, 0, 0, 1] = 1
    np.save(folder / "masks.npy", mask)


@pytest.mark.parametrize(
    ("folders", "options", "code"),
    [
        (["fold1", "copy/Fold 1"], {}, "MB662"),
        (["fold1"], {"tissue": "Brest"}, "MB604"),
        (["fold1"], {"channels": 4}, "MB609"),
    ],
)
def test_pannuke_twice_unknown_tissue_and_shape(tmp_path, folders, options, code):
    for folder in folders:
        write_fold(tmp_path / folder, **options)
    with pytest.raises(DataError) as caught:
        pannuke.read(tmp_path, {})
    assert caught.value.code == code


def test_values_of_no_meaning_are_counted_by_reason(make, tmp_path):
    make("trainLabels.csv", "image,level\n7_left,0\n7_middle,1\n8_left,9\n9,1\n")
    make("train/7_left.jpeg")
    table = eyepacs_2015.read(tmp_path, {})
    assert len(table.rows) == 1
    assert table.exclusions == {
        "grade is not 0 to 4": 1,
        "image name is not <subject>_left or <subject>_right": 2,
    }
    make("train.csv", "image_name,patient_id,target\nISIC_1,IP_1,2\nISIC_2,IP_1,\nISIC_3,,1\n")
    assert siim_isic_2020.read(tmp_path, {}).exclusions == {
        "no patient id": 1,
        "no target": 1,
        "target is neither 0 nor 1": 1,
    }


def test_duplicates_in_a_circle_keep_one(make, tmp_path):
    rows = "".join(f"ISIC_{number},IP_1,0\n" for number in range(1, 4))
    make("train.csv", f"image_name,patient_id,target\n{rows}")
    make(
        "ISIC_2020_Training_Duplicates.csv",
        "image_name_1,image_name_2\nISIC_1,ISIC_2\nISIC_2,ISIC_3\nISIC_3,ISIC_1\n",
    )
    for number in range(1, 4):
        make(f"jpeg/train/ISIC_{number}.jpg")
    assert [row.sample for row in siim_isic_2020.read(tmp_path, {"duplicates": "drop"}).rows] == ["ISIC_1"]


def test_odir_photographs_by_their_keywords(sample_root):
    root = sample_root / "odir-5k"
    every, fundus, good = (odir_5k.read(root, {"photographs": name}) for name in ("all", "fundus", "good"))
    assert len(every.rows) == 140
    assert fundus.exclusions == {"no fundus is shown": 2}
    assert good.exclusions["no fundus is shown"] == 2
    assert good.exclusions["called a poor photograph"] > 20, "lens dust is frequent"
    assert {row.sample for row in every.rows} - {row.sample for row in fundus.rows} == {
        "9004_left",
        "9006_left",
    }


def test_aptos_the_same_photograph_with_two_grades(sample_root):
    root = sample_root / "aptos-2019"
    grades: dict[bytes, set[object]] = {}
    for row in aptos_2019.read(root, {}).rows:
        grades.setdefault((root / row.images[0].path).read_bytes(), set()).add(row.values["grade"])
    assert sorted(map(len, grades.values()))[-2:] == [1, 2]
