"""Label tables as providers write them, and files as users unpack them."""

from __future__ import annotations

import gzip

import pytest

from medbench.cohort.image_files import find_path, index_images, missing_note, require_path
from medbench.cohort.own_table import read_own_table
from medbench.cohort.table_builder import choose
from medbench.cohort.tables import number, read_rows, read_xlsx_rows, whole_id
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
    index = index_images(tmp_path, [find_path(tmp_path, "train/TRAIN", folder=True)])
    assert index == {"a": "Train/train/A.JPG", "b": "Train/train/b.jpeg"}


def test_folder_unpacked_into_its_own_name(make, tmp_path):
    make("train/train/a.jpg")
    assert index_images(tmp_path, [tmp_path / "train"]) == {"a": "train/train/a.jpg"}
    assert index_images(tmp_path / "train", [tmp_path / "train", tmp_path / "train/train"]) == {
        "a": "train/a.jpg"
    }


def test_images_beside_a_folder_of_the_same_name_are_read_too(make, tmp_path):
    for name in ("ADI/a.jpg", "ADI/adi/b.jpg", "ADI/adi/adi/c.jpg"):
        make(name)
    assert index_images(tmp_path, [tmp_path / "ADI"]) == {"a": "ADI/a.jpg", "b": "ADI/adi/b.jpg"}
    make("ADI/adi/a.png")
    with pytest.raises(DataError) as caught:
        index_images(tmp_path, [tmp_path / "ADI"])
    assert caught.value.code == "MB605"


def test_a_link_that_leads_nowhere_and_a_folder_are_no_files(make, tmp_path):
    make("x/a.jpg")
    (tmp_path / "x" / "b.jpg").symlink_to(tmp_path / "none")
    (tmp_path / "x" / "c.jpg").mkdir()
    (tmp_path / "x" / "d.jpg").symlink_to(tmp_path / "x" / "a.jpg")
    assert set(index_images(tmp_path, [tmp_path / "x"])) == {"a", "d"}
    (tmp_path / "t.csv").symlink_to(tmp_path / "none.csv")
    (tmp_path / "u.csv").mkdir()
    assert find_path(tmp_path, "t.csv", "u.csv", "U.csv") is None
    assert find_path(tmp_path, "x/a.jpg", "U.CSV", folder=True) == tmp_path / "u.csv"
    assert missing_note(tmp_path, "u.csv") and not missing_note(tmp_path, "u.csv", folder=True)


@pytest.mark.parametrize(("text", "plain"), [("9001.0", "9001"), ("0.0", "0"), ("001.0", "001"), ("9", "9")])
def test_ids_that_were_taken_for_numbers(text, plain):
    assert whole_id(text) == plain


@pytest.mark.parametrize("text", ["", ".0", "1e1234567890", "9001.5", "a.0", "nan"])
def test_other_ids_stay_as_they_are(text):
    assert whole_id(text) == text


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le"])
def test_utf_16_is_named_and_no_noughts_are_printed(tmp_path, encoding):
    path = tmp_path / "a.csv"
    path.write_bytes("image,label\n1,x\n".encode(encoding))
    for read, code in (
        (lambda: list(read_rows(path, ["image"])), "MB660"),
        (lambda: read_own_table(path), "MB630"),
    ):
        with pytest.raises(DataError, match="UTF-8") as caught:
            read()
        assert caught.value.code == code and "\x00" not in str(caught.value)


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
