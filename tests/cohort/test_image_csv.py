"""A table of one's own and its images: what people write into tables, read as they mean it or refused."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from medbench.cohort import SourceTable
from medbench.cohort.own_paths import inside
from medbench.cohort.own_table import read_own_table
from medbench.cohort.sources import local_reader
from medbench.errors import DataError
from medbench.spec import LocalSource, load_schema
from medbench.spec.defaults import fill_defaults


def _read(root: Path, **declared: Any) -> SourceTable:
    value = {"reader": "image-csv", "table": "labels.csv", **declared}
    fill_defaults(value, load_schema("task")["definitions"]["local_source"])
    return local_reader(LocalSource("mine", "image-csv", value, root)).read(root, {})


def _fails(code: str, root: Path, **declared: Any) -> DataError:
    with pytest.raises(DataError) as caught:
        _read(root, **declared)
    assert caught.value.code == code
    return caught.value


def test_every_column_is_kept_as_text_and_missing_cells_are_none(make, tmp_path):
    make("labels.csv", "image,id,grade,age\na.png, 007 ,1e5,NA\nb.png,8,?,\n")
    make("a.png"), make("b.png")
    table = _read(tmp_path)
    assert [row.values for row in table.rows] == [
        {"image": "a.png", "id": "007", "grade": "1e5", "age": None},
        {"image": "b.png", "id": "8", "grade": None, "age": None},
    ]
    assert (table.source, table.group_unit, table.exclusions) == ("mine", "image", {})
    assert [(r.sample, r.images[0].path, r.part, r.group) for r in table.rows] == [
        ("a.png", "a.png", "all", "a.png"),
        ("b.png", "b.png", "all", "b.png"),
    ]


def test_only_the_cells_declared_missing_are_missing(make, tmp_path):
    make("labels.csv", "image,grade\na.png,NA\nb.png,-1\nc.png,\n")
    for name in "abc":
        make(f"{name}.png")
    assert [row.values["grade"] for row in _read(tmp_path, missing=["-1"]).rows] == ["NA", None, ""]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
def test_the_delimiter_is_seen_in_the_header_outside_quotes(make, tmp_path, mark):
    head = f'image{mark}"a, b, or; c | d"{mark}grade'
    make("labels.csv", f"\ufeff{head}\r\na.png{mark}x{mark}2\r\n")
    make("a.png")
    assert _read(tmp_path).rows[0].values == {"image": "a.png", "a, b, or; c | d": "x", "grade": "2"}


def test_workbooks_tsv_and_gzip_say_the_same(make, tmp_path):
    make("a.png")
    make("labels.tsv", "image\tgrade\na.png\t2\n")
    (tmp_path / "labels.csv.gz").write_bytes(gzip.compress(b"image,grade\na.png,2\n"))
    book = Workbook()
    for line in (["image", "grade"], [None, None], ["a.png", 2.0]):
        book.worksheets[0].append(line)
    book.save(tmp_path / "labels.xlsx")
    tables = [_read(tmp_path, table=f"labels.{end}") for end in ("tsv", "csv.gz", "xlsx")]
    assert [table.rows[0].values for table in tables] == [{"image": "a.png", "grade": "2"}] * 3
    assert tables[2].places == {"a.png": "labels.xlsx, row 3"}


TABLES = {
    "empty": ("image,grade\n", "empty"),
    "nothing at all": ("", "empty"),
    "a column twice": ("image,grade,grade\na.png,1,2\n", "'grade' is there twice"),
    "a comma in a text": ("image,note,grade\na.png,x,1\na.png,brown, flat,1\n", "row 3 has 4 cells"),
    "an open quote": ('image,grade\na.png,"1\nb.png,2\n', "not a table"),
}


@pytest.mark.parametrize("name", TABLES)
def test_what_is_no_table_is_refused(name, make, tmp_path):
    text, words = TABLES[name]
    make("labels.csv", text)
    assert words in _fails("MB630", tmp_path).message


def test_a_table_in_another_encoding_is_refused_not_garbled(tmp_path):
    (tmp_path / "labels.csv").write_bytes("image,grade\na.png,gutartig/bösartig\n".encode("cp1252"))
    assert "UTF-8" in _fails("MB630", tmp_path).hint


def test_short_rows_blank_rows_and_columns_without_a_name(make, tmp_path):
    make("labels.csv", ",image,grade,,\n0,a.png,1,,\n,,,,\n1,b.png\n")
    make("a.png"), make("b.png")
    table = _read(tmp_path)
    assert [row.values for row in table.rows] == [
        {"image": "a.png", "grade": "1"},
        {"image": "b.png", "grade": None},
    ]
    assert table.places == {"a.png": "labels.csv, row 2", "b.png": "labels.csv, row 4"}
    assert table.exclusions == {}


@pytest.mark.parametrize(
    "declared",
    [
        {"image": "fiel"},
        {"patient": "fiel"},
        {"lesion": "fiel"},
        {"split": "fiel"},
        {"lists": {"x": {"column": "fiel"}}},
        {"lists": {"x": {"columns": ["fiel"]}}},
    ],
    ids=str,
)
def test_a_missing_column_is_named_with_the_nearest(declared, make, tmp_path):
    make("labels.csv", "image,file\na.png,a.png\n")
    fault = _fails("MB602", tmp_path, **declared)
    assert ("'fiel'" in fault.message, fault.hint) == (True, "did you mean 'file'?")


@pytest.mark.parametrize(
    ("named", "written"),
    [
        ("a", "a.png"),
        ("A.PNG", "a.png"),
        ("a.png", "A.PNG"),
        ("scan.v2", "scan.v2.tif"),
        ("sub/a", "Sub/a.jpg"),
        ("sub\\a.jpg", "sub/a.jpg"),
        ("SUB/Er/a.jpg", "sub/er/a.jpg"),
        ("./a.png", "a.png"),
        ("sub/../a.png", "a.png"),
    ],
)
def test_images_are_found_as_people_name_them(named, written, make, tmp_path):
    make("labels.csv", f"image,grade\n{named},1\n")
    make(f"images/{written}")
    assert _read(tmp_path, folder="images").rows[0].images[0].path == f"images/{written}"


def test_images_that_are_not_there_are_counted(make, tmp_path):
    make("labels.csv", "image,grade\na.png,1\nb.png,1\nno/c.png,1\nlost.png,1\n")
    make("a.png")
    (tmp_path / "lost.png").symlink_to(tmp_path / "nowhere.png")
    table = _read(tmp_path)
    assert (len(table.rows), table.missing_files, table.missing_at) == (1, 3, "labels.csv, row 3")


def test_a_name_that_can_be_two_files_is_refused(make, tmp_path):
    make("labels.csv", "image\na\n")
    make("a.png"), make("a.jpg")
    fault = _fails("MB605", tmp_path)
    assert "a.jpg or a.png" in fault.message and fault.where == "labels.csv, row 2"
    make("labels.csv", "image\na.png\n")
    assert _read(tmp_path).rows[0].sample == "a.png"


def test_a_file_that_is_no_image_is_refused(make, tmp_path):
    make("labels.csv", "image\na.xyz\n")
    make("a.xyz", "no image")
    fault = _fails("MB637", tmp_path)
    assert fault.where == "labels.csv, row 2" and ".dcm" in fault.hint and ".webp" in fault.hint


@pytest.mark.parametrize("name", ["a.dcm", "a.gif", "a.webp"])
def test_every_kind_that_can_be_decoded_may_be_named(make, tmp_path, name):
    make("labels.csv", f"image\n{name}\n")
    make(name, "x")
    assert _read(tmp_path).rows[0].sample == name


@pytest.mark.parametrize("name", ["001", "1.2.840.10008"])
def test_a_dicom_file_without_extension_may_be_named(make, tmp_path, name):
    """OAI's films are ``<folder>/001``."""
    make("labels.csv", f"image\nknee/{name}\n")
    make(f"knee/{name}", "no image")
    _fails("MB637", tmp_path)
    make(f"knee/{name}", "\0" * 128 + "DICM")
    assert _read(tmp_path).rows[0].sample == f"knee/{name}"


def test_a_name_as_it_is_written_goes_before_its_other_case(make, tmp_path):
    make("labels.csv", "image\nA.png\n")
    make("a.png"), make("A.png")
    assert _read(tmp_path).rows[0].sample == "A.png"
    make("labels.csv", "image\na.PNG\n")
    _fails("MB605", tmp_path)


@pytest.mark.parametrize("name", ["..", "../a.png", "/etc/a.png", "x/../../a.png", "C:\\a.png", "..\\a.png"])
@pytest.mark.parametrize("key", ["image", "folder", "table"])
def test_nothing_outside_the_folder_is_read(name, key, make, tmp_path):
    home = make("home/a.png").parent
    make("home/labels.csv", f"image\n{name if key == 'image' else 'a.png'}\n")
    make("a.png"), make("labels.csv", "image\na.png\n")
    _fails("MB633", home, **({key: name} if key != "image" else {}))


def test_a_path_may_leave_the_image_folder_inside_the_source(make, tmp_path):
    make("labels.csv", "image\n../other/a.png\n")
    make("other/a.png")
    assert _read(tmp_path, folder="images").rows[0].sample == "other/a.png"


@given(st.text(alphabet="ab./\\:~ \0", max_size=12))
@settings(max_examples=300, deadline=None)
def test_no_path_leads_out(name):
    try:
        path = inside(name, "x", "images")
    except DataError:
        return
    home = Path("/home/source")
    assert Path(f"{home}/{path}").parts[: len(home.parts)] == home.parts and ".." not in Path(path).parts


def test_an_image_in_two_rows_is_refused_with_both(make, tmp_path):
    make("labels.csv", "image,grade\na.png,1\nA,0\n")
    make("a.png")
    fault = _fails("MB606", tmp_path)
    assert fault.where == "labels.csv, row 3" and "labels.csv, row 2" in fault.message


def test_groups_are_patients_else_lesions_else_images(make, tmp_path):
    make("labels.csv", "image,who,spot\na.png,p1,s1\nb.png,p1,s2\nc.png,,s3\nd.png,NA,\n")
    for name in "abcd":
        make(f"{name}.png")
    both = _read(tmp_path, patient="who", lesion="spot")
    assert (both.group_unit, [row.group for row in both.rows]) == ("patient", ["p1", "p1"])
    assert both.exclusions == {"no patient": 2}
    lesions = _read(tmp_path, lesion="spot")
    assert (lesions.group_unit, [row.group for row in lesions.rows]) == ("lesion", ["s1", "s2", "s3"])
    assert lesions.exclusions == {"no lesion": 1}


def test_an_empty_patient_is_no_patient_even_where_empty_is_not_declared_missing(make, tmp_path):
    make("labels.csv", "image,who,part\na.png,p1,train\nb.png,,train\n,p2,train\nc.png,p3,\n")
    for name in "abc":
        make(f"{name}.png")
    table = _read(tmp_path, patient="who", split="part", missing=["NA"])
    assert len(table.rows) == 1
    assert table.exclusions == {"no image named": 1, "no patient": 1, "no split": 1}


def test_the_split_column_is_the_part(make, tmp_path):
    make("labels.csv", "image,use\na.png,train\nb.png,Test\n")
    make("a.png"), make("b.png")
    assert [row.part for row in _read(tmp_path, split="use").rows] == ["train", "Test"]


def test_lists_with_a_separator(make, tmp_path):
    make("labels.csv", "image,findings\na.png,mass; effusion;mass;\nb.png,NA\nc.png,\n")
    for name in "abc":
        make(f"{name}.png")
    lists = {"findings": {"column": "findings", "separator": ";"}}
    values = [row.values["findings"] for row in _read(tmp_path, lists=lists).rows]
    assert values == [("mass", "effusion"), None, None]
    values = [row.values["findings"] for row in _read(tmp_path, lists=lists, missing=["NA"]).rows]
    assert values[2] == ()


def test_lists_of_zero_and_one(make, tmp_path):
    make("labels.csv", "image,mass,effusion\na.png,1,0\nb.png,0.0,1.0\nc.png,0,0\nd.png,1,NA\n")
    for name in "abcd":
        make(f"{name}.png")
    lists = {"findings": {"columns": ["mass", "effusion"]}}
    rows = _read(tmp_path, lists=lists).rows
    # one unknown label makes the row unknown; as 0 it would be a wrong negative
    assert [row.values["findings"] for row in rows] == [("mass",), ("effusion",), (), None]


@pytest.mark.parametrize("cell", ["2", "-1", "yes", "0.5", "inf"])
def test_a_cell_that_is_neither_zero_nor_one_names_its_row(cell, make, tmp_path):
    make("labels.csv", f"image,mass\na.png,1\nb.png,{cell}\n")
    make("a.png"), make("b.png")
    fault = _fails("MB631", tmp_path, lists={"findings": {"columns": ["mass"]}})
    assert fault.where == "labels.csv, row 3" and repr(cell) in fault.message


def test_a_missing_table_says_what_was_looked_for(make, tmp_path):
    assert "labels.csv" in _fails("MB601", tmp_path).message


CELL = st.text(
    alphabet=st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=6
)


@given(rows=st.lists(st.tuples(CELL, CELL), min_size=1, max_size=6), mark=st.sampled_from(",;\t|"))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_a_spreadsheet_writes_is_what_is_read(rows, mark, tmp_path):
    import csv

    kept = [row for row in rows if any(cell.strip() for cell in row)]
    file = tmp_path / "any.csv"
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, delimiter=mark, quoting=csv.QUOTE_ALL).writerows([("a", "b"), *rows])
    if kept:
        read = [tuple(cells.values()) for _, cells in read_own_table(file).rows]
        assert read == [tuple(cell.strip() for cell in row) for row in kept]
