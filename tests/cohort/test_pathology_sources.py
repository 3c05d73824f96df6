"""Readers of Kather's tiles and of PanNuke."""

from __future__ import annotations

import os
from collections import Counter

import numpy as np
import pytest

from medbench.cohort.sources import crc_val_he_7k, nct_crc_he_100k, pannuke
from medbench.errors import DataError


def test_kather_both_namings_and_strays(make, tmp_path):
    for name in ("ADI/ADI-TCGA-AAAAAAAA.tif", "TUM/TUM-BBBBBBBB.TIF", "TUM/STR-CCCCCCCC.tif"):
        make(f"CRC-VAL-HE-7K/{name}")
    make("CRC-VAL-HE-7K/TUM/._TUM-DDDDDDDD.tif")
    table = crc_val_he_7k.read(tmp_path, {})
    assert {row.sample: row.values["tissue"] for row in table.rows} == {
        "ADI-TCGA-AAAAAAAA": "ADI",
        "TUM-BBBBBBBB": "TUM",
    }
    assert table.exclusions == {"file name of another class": 1}
    assert (table.group_unit, table.rows[0].part) == ("image", "all")
    assert table.rows[0].group == "ADI-TCGA-AAAAAAAA"


def test_kather_folders_and_names_in_other_case(make, tmp_path):
    make("crc-val-he-7k/adi/adi-AAAAAAAA.tif")
    assert crc_val_he_7k.find(tmp_path) == ""
    table = crc_val_he_7k.read(tmp_path, {})
    assert [row.values["tissue"] for row in table.rows] == ["ADI"]
    assert "no class folder ADI" not in table.absent_parts and len(table.absent_parts) == 8


def test_the_unnormalised_archive_is_not_taken_for_the_set(make, tmp_path):
    make("NCT-CRC-HE-100K-NONORM/ADI/ADI-AAAAAAAA.tif")
    assert "no NCT-CRC-HE-100K or" in nct_crc_he_100k.find(tmp_path)
    with pytest.raises(DataError, match="NCT-CRC-HE-100K"):
        nct_crc_he_100k.read(tmp_path, {})


def test_pannuke_rules_differ_where_ids_pass_255(sample_root):
    root = sample_root / "pannuke"
    exact = Counter(row.values["malignancy"] for row in pannuke.read(root, {}).rows)
    clean = Counter(row.values["malignancy"] for row in pannuke.read(root, {"rule": "clean"}).rows)
    # planted: two patches whose only neoplastic id is 256, one with ten ids of which two are equal modulo 256
    assert exact == {"benign": 200, "malignant": 200}
    assert clean == {"benign": 198, "malignant": 201}


def mask_with(neoplastic, inflammatory=0):
    mask = np.zeros((16, 16, 6), dtype=np.float64)
    mask[0, : len(neoplastic), 0] = neoplastic
    mask[1, :inflammatory, 1] = np.arange(1, inflammatory + 1)
    mask[..., 5] = mask[..., 0] == 0
    return mask


@pytest.mark.parametrize(
    ("neoplastic", "inflammatory", "exact", "clean"),
    [
        (range(1, 11), 0, "malignant", "malignant"),  # ten count, as in the code and not as in the prose
        (range(1, 10), 0, None, None),
        (range(1, 11), 13, "malignant", "malignant"),  # 10 of 23 and one for the background
        (range(1, 11), 16, "malignant", "malignant"),  # 10/27 and 10/26
        ([], 3, "benign", "benign"),
        ([], 0, None, None),
        ([256], 3, "benign", None),
        ([256], 0, None, None),
        ([7, 263, *range(20, 28)], 0, None, "malignant"),
    ],
)
def test_pannuke_label_rule(neoplastic, inflammatory, exact, clean):
    mask = mask_with(list(neoplastic), inflammatory)
    for rule, expected in (("plip-exact", exact), ("clean", clean)):
        assert pannuke.malignancy(pannuke.count_nuclei(mask, rule), rule)[0] == expected


def test_pannuke_background_counts_as_a_nucleus_for_plip():
    # 10 / (10 + 23) = 0.303 without the background, 10 / 34 = 0.294 with it
    mask = np.zeros((40, 40, 6))
    mask[0, :10, 0] = np.arange(1, 11)
    mask[1, :23, 1] = np.arange(1, 24)
    mask[5, 5, 5] = 1
    assert pannuke.malignancy(pannuke.count_nuclei(mask, "plip-exact"), "plip-exact")[0] is None
    assert pannuke.malignancy(pannuke.count_nuclei(mask, "clean"), "clean")[0] == "malignant"


def test_pannuke_samples_point_into_the_stack(sample_root):
    table = pannuke.read(sample_root / "pannuke", {})
    row = next(row for row in table.rows if row.part == "fold2")
    assert row.sample == f"fold2-{row.images[0].index:06d}"
    assert row.images[0].path == "Fold 2/images/fold2/images.npy"
    assert table.exclusions == {"neither benign nor malignant by the rule": 21, "no nucleus": 5}
    first = np.load(sample_root / "pannuke/Fold 1/images/fold1/images.npy", mmap_mode="r")
    assert first.dtype == np.float64


def write_fold(folder, masks, images=1):
    folder.mkdir(parents=True)
    np.save(folder / "images.npy", np.zeros((images, 4, 4, 3)))
    np.save(folder / "types.npy", np.array(["Breast"] * images))
    np.save(folder / "masks.npy", masks)


def test_pannuke_deep_and_flat_trees(tmp_path):
    mask = np.zeros((1, 4, 4, 6))
    mask[0, 0, 0, 1] = 1
    write_fold(tmp_path / "fold_3" / "Fold 3" / "all", mask)
    write_fold(tmp_path / "fold1", mask)
    assert [row.sample for row in pannuke.read(tmp_path, {}).rows] == ["fold1-000000", "fold3-000000"]


def test_pannuke_folds_behind_links(tmp_path):
    mask = np.zeros((1, 4, 4, 6))
    mask[0, 0, 0, 1] = 1
    root = tmp_path / "root"
    root.mkdir()
    write_fold(tmp_path / "elsewhere", mask)
    write_fold(root / "fold3", mask)
    (root / "Fold 1").symlink_to(tmp_path / "elsewhere")
    # one fold under two names, and a link to what holds it
    (root / "fold_1").symlink_to(tmp_path / "elsewhere")
    (root / "fold3" / "up").symlink_to(root)
    assert pannuke.find(root) == ""
    rows = pannuke.read(root, {}).rows
    assert [row.images[0].path for row in rows] == ["Fold 1/images.npy", "fold3/images.npy"]


def test_pannuke_does_not_walk_in_a_circle(tmp_path, monkeypatch):
    (tmp_path / "a" / "b").mkdir(parents=True)
    for number in range(3):
        (tmp_path / "a" / "b" / f"up{number}").symlink_to(tmp_path)
    listed, scandir = [], os.scandir
    monkeypatch.setattr(os, "scandir", lambda path: (listed.append(path), scandir(path))[1])
    assert pannuke.find(tmp_path).startswith("no ")
    assert len(set(listed)) == 3


def test_pannuke_arrays_that_do_not_fit(tmp_path):
    write_fold(tmp_path / "fold1", np.zeros((2, 4, 4, 6)))
    with pytest.raises(DataError) as caught:
        pannuke.read(tmp_path, {})
    assert caught.value.code == "MB609"
    assert "Fold 1/images" in pannuke.find(tmp_path / "fold1" / "none") or pannuke.find(tmp_path / "none")


@pytest.mark.parametrize(("neoplastic", "label"), [("ten-or-more", "malignant"), ("more-than-ten", None)])
def test_ten_neoplastic_nuclei_are_where_code_and_prose_differ(neoplastic, label):
    counts = np.array([10, 0, 0, 0, 5, 1])
    assert pannuke.malignancy(counts, "plip-exact", pannuke.LEAST[neoplastic])[0] == label
    assert pannuke.malignancy(counts + 1, "plip-exact", pannuke.LEAST[neoplastic])[0] == "malignant"
