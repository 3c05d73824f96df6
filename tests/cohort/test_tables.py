"""Label tables as providers write them, and files as users unpack them."""

from __future__ import annotations

import gzip

import pytest

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.table_builder import choose
from medbench.cohort.tables import number, read_rows, read_xlsx_rows
from medbench.errors import DataError


def test_byte_order_mark_blanks_and_short_rows(make):
    path = make("a.csv", "\ufeffid , label\n 007 ,  x \n\n1e5\n")
    assert list(read_rows(path, ["id"], ["label", "other"])) == [
        {"id": "007", "label": "x", "other": ""},
        {"id": "1e5", "label": "", "other": ""},
    ]


@pytest.mark.parametrize("mark", [",", "\t", "|"])
def test_delimiter_is_seen_in_the_header(make, mark):
    path = make("a.txt", f"id{mark}label\n1{mark}x\n")
    assert list(read_rows(path, ["label"])) == [{"label": "x"}]


def test_line_ends_inside_quotes_and_gzip(make, tmp_path):
    text = "id,codes,label\n1,\"['a' 'b'\n 'c']\",x\n2,,y\n"
    plain = make("a.csv", text)
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(text.encode()))
    expected = [{"id": "1", "label": "x"}, {"id": "2", "label": "y"}]
    for path in (plain, tmp_path / "a.csv.gz"):
        assert list(read_rows(path, ["id", "label"])) == expected


def test_missing_column_is_named_with_the_nearest(make):
    with pytest.raises(DataError) as caught:
        list(read_rows(make("a.csv", "image,levle\n"), ["image", "level"]))
    assert (caught.value.code, caught.value.hint) == ("MB602", "did you mean 'levle'?")


def test_broken_workbook_is_named(make):
    with pytest.raises(DataError) as caught:
        list(read_xlsx_rows(make("a.xlsx", "no workbook"), ["ID"]))
    assert caught.value.code == "MB602"


def test_number_knows_what_is_none():
    assert (number("45.0"), number("-1")) == (45, -1)
    assert {number(text) for text in ("", "nan", "inf", "unknown")} == {None}


def test_debris_case_and_nested_folders(make, tmp_path):
    for name in ("Train/train/A.JPG", "Train/train/._A.JPG", "Train/train/b.jpeg", "Train/__MACOSX/c.jpg"):
        make(name)
    make("Train/train/Thumbs.db", "x")
    make("Train/train/notes.txt", "x")
    # a nested folder counts only under its parent's own name, so the case-blind search is asked for both
    index = index_images(tmp_path, [find_path(tmp_path, "train/TRAIN")])
    assert index == {"a": "Train/train/A.JPG", "b": "Train/train/b.jpeg"}


def test_folder_unpacked_into_its_own_name(make, tmp_path):
    make("train/train/a.jpg")
    assert index_images(tmp_path, [tmp_path / "train"]) == {"a": "train/train/a.jpg"}


def test_two_files_of_one_stem_are_refused(make, tmp_path):
    make("x/a.jpg")
    make("y/A.png")
    with pytest.raises(DataError) as caught:
        index_images(tmp_path, [tmp_path / "x", tmp_path / "y"])
    assert caught.value.code == "MB605"


def test_what_was_looked_for_is_said(tmp_path):
    assert "no a.csv or b.csv under" in missing_note(tmp_path, "a.csv", "b.csv")
    assert "no folder" in missing_note(tmp_path / "none", "a.csv")
    with pytest.raises(DataError) as caught:
        require_path(tmp_path, "a.csv")
    assert caught.value.code == "MB601"


def test_options_have_defaults_and_known_values():
    known = {"rule": ("plip-exact", "clean")}
    assert choose("s", {}, known) == {"rule": "plip-exact"}
    assert choose("s", {"rule": "clean"}, known) == {"rule": "clean"}
    for options in ({"rule": "cleen"}, {"rul": "clean"}):
        with pytest.raises(DataError, match="option") as caught:
            choose("s", options, known)
        assert caught.value.code == "MB603"
