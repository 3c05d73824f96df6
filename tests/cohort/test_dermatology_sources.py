"""Readers of HAM10000, ISIC 2018 task 3 and SIIM-ISIC 2020."""

from __future__ import annotations

from collections import Counter

import pytest

from medbench.cohort.sources import ham10000, isic_2018_task3, siim_isic_2020
from medbench.errors import DataError

HEAD = "lesion_id,image_id,dx,dx_type,age,sex,localization"


def test_ham_groups_images_of_a_lesion(sample_root):
    table = ham10000.read(sample_root / "ham10000", {})
    sizes = Counter(row.group for row in table.rows)
    assert (table.group_unit, set(sizes.values())) == ("lesion", {1, 2})
    assert {row.part for row in table.rows} == {"train"}
    assert any(row.values["age"] is None for row in table.rows), "a blank age is no 0"
    assert all(row.values["localization"] != "unknown" for row in table.rows)


@pytest.mark.parametrize(("name", "mark"), [("HAM10000_metadata.csv", ","), ("HAM10000_metadata.tab", "\t")])
def test_ham_other_names_of_the_table(make, tmp_path, name, mark):
    make("ham10000_images_part_1/ISIC_9000001.jpg")
    rows = "HAM_1,ISIC_9000001,akiec,histo,,female,back\nHAM_2,ISIC_9000002,nv,histo,5.0,,\n"
    make(name, f"{HEAD}\n{rows}".replace(",", mark))
    table = ham10000.read(tmp_path, {})
    assert [(row.values["diagnosis"], row.group) for row in table.rows] == [("AKIEC", "HAM_1")]
    assert table.missing_files == 1


def test_isic_parts_and_nested_folder(sample_root):
    table = isic_2018_task3.read(sample_root / "isic-2018-task3", {})
    assert Counter(row.part for row in table.rows) == {"validation": 28, "test": 112}
    assert table.group_unit == "image"
    test = next(row for row in table.rows if row.part == "test")
    assert test.images[0].path.startswith("ISIC2018_Task3_Test_Input/ISIC2018_Task3_Test_Input/")


def test_isic_training_has_lesions_and_unclear_rows_are_left_out(make, tmp_path):
    head = "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\n"
    for part in ("Training", "Validation", "Test"):
        one = f"ISIC_{part},0.0,1.0,0.0,0.0,0.0,0.0,0.0\n"
        none = f"ISIC_{part}_x,0.0,0.0,0.0,0.0,0.0,0.0,0.0\n"
        make(f"ISIC2018_Task3_{part}_GroundTruth/ISIC2018_Task3_{part}_GroundTruth.csv", head + one + none)
        make(f"ISIC2018_Task3_{part}_Input/ISIC_{part}.jpg")
    lesions = "image,lesion_id,diagnosis_confirm_type\nISIC_Training,HAM_7,histopathology\n"
    make("ISIC2018_Task3_Training_LesionGroupings.csv", lesions)
    table = isic_2018_task3.read(tmp_path, {})
    assert {row.part: row.group for row in table.rows} == {
        "train": "HAM_7",
        "validation": "ISIC_Validation",
        "test": "ISIC_Test",
    }
    assert table.exclusions == {"no single diagnosis of the seven": 3}
    # the tasks test on images that have no lesion ids, whatever training has
    assert table.group_unit == "image"


def test_isic_test_truth_of_dataverse(make, tmp_path):
    make("ISIC2018_Task3_Validation_GroundTruth.csv", "image,MEL,NV,BCC,AKIEC,BKL,DF,VASC\n")
    make("ISIC2018_Task3_Test_GroundTruth.csv", f"{HEAD}\nHAM_1,ISIC_9000001,bkl,histo,50.0,male,back\n")
    make("ISIC2018_Task3_Test_Images/ISIC_9000001.jpg")
    assert isic_2018_task3.find(tmp_path) == ""
    assert [row.values["diagnosis"] for row in isic_2018_task3.read(tmp_path, {}).rows] == ["BKL"]


def test_isic_says_which_part_is_missing(make, tmp_path):
    make("ISIC2018_Task3_Test_GroundTruth.csv", "image\n")
    assert "Validation" in isic_2018_task3.find(tmp_path)
    assert "Test" not in isic_2018_task3.find(tmp_path).partition("; found")[0]


def test_siim_patients_blanks_and_duplicates(sample_root):
    root = sample_root / "siim-isic-2020"
    table = siim_isic_2020.read(root, {})
    assert set(Counter(row.group for row in table.rows).values()) == {4}
    assert {row.values["sex"] for row in table.rows} == {"male", "female", None}
    twins = {row.sample: row.values["duplicate_of"] for row in table.rows if row.values["duplicate_of"]}
    assert len(twins) == 6
    for second, first in twins.items():
        images = [(root / "jpeg" / "train" / f"{name}.jpg").read_bytes() for name in (first, second)]
        assert images[0] == images[1]
    dropped = siim_isic_2020.read(root, {"duplicates": "drop"})
    assert len(dropped.rows) == len(table.rows) - 6
    assert dropped.exclusions == {"duplicate of another image": 6}


def test_siim_archive_layout_and_the_other_list_of_duplicates(make, tmp_path):
    make(
        "ISIC_2020_Training_GroundTruth_v2.csv",
        "target,image_name,lesion_id,patient_id\n"
        "1,ISIC_1,IL_1,IP_0000001\n,ISIC_2,IL_2,IP_0000001\n0,ISIC_3,IL_3,\n0,ISIC_4,IL_4,IP_0000002\n",
    )
    make("train/ISIC_1.jpg")
    make("train/ISIC_4.jpg")
    make("2020_Challenge_duplicates.csv", "ISIC_id,ISIC_id_paired,partition\nISIC_1,ISIC_4,train\n")
    table = siim_isic_2020.read(tmp_path, {})
    assert [(row.sample, row.values["melanoma"], row.values["duplicate_of"]) for row in table.rows] == [
        ("ISIC_1", "malignant", None),
        ("ISIC_4", "benign", "ISIC_1"),
    ]
    assert table.exclusions == {"no patient id": 1, "no target": 1}


def test_siim_pairs_count_where_both_images_have_labels(make, tmp_path):
    make("train.csv", "image_name,patient_id,target\nISIC_1,IP_1,0\nISIC_2,IP_1,1\nISIC_3,,1\n")
    for number in (1, 2, 3):
        make(f"jpeg/train/ISIC_{number}.jpg")
    with pytest.raises(DataError, match="Duplicates") as caught:
        siim_isic_2020.read(tmp_path, {"duplicates": "drop"})
    assert caught.value.code == "MB601"
    pairs = "ISIC_id,ISIC_id_paired,partition\nISIC_0,ISIC_1,test\nISIC_3,ISIC_2,train\n"
    make("2020_Challenge_duplicates.csv", pairs)
    table = siim_isic_2020.read(tmp_path, {"duplicates": "drop"})
    assert [(row.sample, row.values["duplicate_of"]) for row in table.rows] == [
        ("ISIC_1", None),
        ("ISIC_2", None),
    ]
    assert table.exclusions == {"no patient id": 1}


def test_siim_dicom_folder_is_not_taken_for_the_images(make, tmp_path):
    make("train.csv", "image_name,patient_id,target\nISIC_1,IP_0000001,0\n")
    make("train/ISIC_1.dcm", "DICM")
    make("jpeg/train/ISIC_1.jpg")
    assert siim_isic_2020.read(tmp_path, {}).rows[0].images[0].path == "jpeg/train/ISIC_1.jpg"


def test_unknown_option_is_refused(sample_root):
    with pytest.raises(DataError) as caught:
        ham10000.read(sample_root / "ham10000", {"rule": "x"})
    assert caught.value.code == "MB603"
