"""Folders whose names are the labels."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from medbench.cohort import SourceTable
from medbench.cohort.sources import local_reader
from medbench.errors import DataError
from medbench.spec import LocalSource, load_schema
from medbench.spec.defaults import fill_defaults


def _read(root: Path, levels: list[str], **declared: Any) -> SourceTable:
    value = {"reader": "image-folder", "levels": levels, **declared}
    fill_defaults(value, load_schema("task")["definitions"]["local_source"])
    return local_reader(LocalSource("mine", "image-folder", value, root)).read(root, {})


def test_each_level_is_a_column_a_part_or_the_patient(make, tmp_path):
    make("pics/train/p1/tumour/a.png"), make("pics/test/p2/normal/a.JPG")
    table = _read(tmp_path, ["split", "patient", "tissue"], folder="pics")
    assert table.group_unit == "patient"
    assert [(r.sample, r.part, r.group, r.values["tissue"]) for r in table.rows] == [
        ("pics/test/p2/normal/a.JPG", "test", "p2", "normal"),
        ("pics/train/p1/tumour/a.png", "train", "p1", "tumour"),
    ]
    assert table.rows[0].images[0].path == table.rows[0].sample


def test_without_a_patient_level_each_image_is_a_group(make, tmp_path):
    make("tumour/a.png"), make("normal/a.png")
    table = _read(tmp_path, ["tissue"])
    assert table.group_unit == "image" and len({row.group for row in table.rows}) == 2
    assert {row.part for row in table.rows} == {"all"}


def test_images_at_another_depth_are_counted(make, tmp_path):
    for name in ("a.png", "tumour/b.png", "tumour/deep/c.png", "tumour/deep/er/d.png"):
        make(name)
    table = _read(tmp_path, ["tissue"])
    assert [row.sample for row in table.rows] == ["tumour/b.png"]
    assert table.exclusions == {"not 1 folders deep": 3}


def test_debris_and_hidden_files_are_no_data(make, tmp_path):
    make("tumour/a.png")
    for name in ("tumour/.hidden.png", "tumour/._a.png", ".git/b.png", "__MACOSX/c.png"):
        make(name)
    for name in ("tumour/Thumbs.db", "tumour/.DS_Store", "runs/x.json", "labels.csv"):
        make(name, "x")
    table = _read(tmp_path, ["tissue"])
    assert (len(table.rows), table.exclusions) == (1, {})


@pytest.mark.parametrize("ending", ["dcm", "DICOM", "gif", "webp", "JPG", "tiff", "bmp"])
def test_what_can_be_decoded_is_an_image(make, tmp_path, ending):
    make(f"tumour/a.{ending}", "x")
    assert [row.sample for row in _read(tmp_path, ["tissue"]).rows] == [f"tumour/a.{ending}"]


def test_other_files_among_images_are_counted(make, tmp_path):
    make("tumour/a.png"), make("tumour/b.svs", "x")
    assert _read(tmp_path, ["tissue"]).exclusions == {"not an image file": 1}


def test_a_link_that_leads_round_ends(make, tmp_path):
    make("tumour/a.png")
    (tmp_path / "tumour" / "again").symlink_to(tmp_path)
    (tmp_path / "normal").symlink_to(make("elsewhere-hidden/.x/b.png").parent)
    table = _read(tmp_path, ["tissue"])
    assert [row.sample for row in table.rows] == ["normal/b.png", "tumour/a.png"]


def test_a_folder_outside_or_missing_is_refused(tmp_path):
    for folder, code in (("../x", "MB633"), ("nowhere", "MB601")):
        with pytest.raises(DataError) as caught:
            _read(tmp_path, ["tissue"], folder=folder)
        assert caught.value.code == code
