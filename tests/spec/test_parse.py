"""Parse faults, each at its place, and YAML 1.2 without its surprises."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.errors import SpecError
from medbench.spec.parse import parse_file

FAULTS = [
    ("a: 1\nb:\n  c: 1\n  c: 2\n", "4:3", "MB104", "duplicate key"),
    ("a: [1, 2\nb: 3\n", "2:2", "MB103", "expected ',' or ']'"),
    ("a: 1\n\t- b\n", "2:1", "MB103", "'\\t'"),
    ("a: 1\n---\nb: 2\n", "2:1", "MB103", "another document"),
    ("a: b\x00c\n", "1:5", "MB103", "unacceptable character"),
    ("- a\n- b\n", "1:1", "MB105", "mapping"),
    ("", "1:1", "MB105", "mapping"),
    ("just text\n", "1:1", "MB105", "mapping"),
    ("a: &x [1]\nb: *x\n", "1:4", "MB103", "anchors"),
    ("a: &x {b: *x}\n", "1:4", "MB103", "anchors"),
    ("b: 1\n<<: {a: 1}\n", "1:1", "MB106", "merges"),
    ("a: 1\nb: !!python/name:os.system x\n", "2:4", "MB103", "tags"),
    ("%YAML 1.1\n---\na: no\n", "2:1", "MB103", "YAML 1.2"),
    ("a:\n  1: x\n", "2:3", "MB106", "key 1 is not text"),
    ("a: 1\n? [b, c]\n: d\n", "2:3", "MB106", "not text"),
    ("a: 1\nb: [2, .nan]\n", "2:8", "MB106", "nan is not a number"),
    ("a: 1e999\n", "1:1", "MB106", "inf is not a number"),
    ('a: "\\ud800"\n', "1:1", "MB106", "half a character"),
    ("a: " + "[" * 60 + "]" * 60, "1:44", "MB103", "nested"),
]


@pytest.mark.parametrize(("text", "place", "code", "said"), FAULTS, ids=[repr(f[0][:20]) for f in FAULTS])
def test_fault(text: str, place: str, code: str, said: str, tmp_path: Path) -> None:
    file = tmp_path / "X1.yaml"
    file.write_text(text)
    with pytest.raises(SpecError) as caught:
        parse_file(file)
    assert (caught.value.where, caught.value.code) == (f"{file}:{place}", code)
    assert said in caught.value.message


def test_the_source_line_and_a_caret_stand_below(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\nb:\n  c: 1\n  c: 2\n")
    with pytest.raises(SpecError) as caught:
        parse_file(tmp_path / "a.yaml")
    assert str(caught.value).splitlines()[1:] == ["      c: 2", "      ^"]


def test_all_values_that_cannot_be_taken_are_shown_together(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("b: .inf\n1: x\na: .nan\n")
    with pytest.raises(SpecError) as caught:
        parse_file(tmp_path / "a.yaml")
    text = str(caught.value)
    assert text.count("MB106") == 3
    assert text.index(":1:1") < text.index(":2:1") < text.index(":3:1")


def test_no_stays_text_and_so_do_dates(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text(
        "a: [no, yes, on, off, 2005-10-13, 2005-10-13T10:00:00Z, 1:30]\nb: [true, null, 7, 1e-5]\n"
    )
    value = parse_file(file).value
    assert value["a"] == ["no", "yes", "on", "off", "2005-10-13", "2005-10-13T10:00:00Z", "1:30"]
    assert value["b"] == [True, None, 7, 1e-5]
    assert [type(item) for item in (*value["a"], *value["b"])] == [str] * 7 + [bool, type(None), int, float]


def test_the_rule_for_dates_is_not_forced_on_other_users_of_the_library(tmp_path: Path) -> None:
    import datetime

    from ruamel.yaml import YAML

    (tmp_path / "a.yaml").write_text("a: 2005-10-13\n")
    parse_file(tmp_path / "a.yaml")
    assert YAML(typ="rt", pure=True).load("a: 2005-10-13")["a"] == datetime.date(2005, 10, 13)


def test_a_byte_order_mark_and_windows_lines_move_nothing(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffa: ü\r\nb: {c: 1}\r\n".encode())
    document = parse_file(file)
    assert document.value == {"a": "ü", "b": {"c": 1}}
    assert [(o.line, o.column) for o in document.origins.values()] == [(1, 1), (1, 1), (2, 1), (2, 5)]


@pytest.mark.parametrize(
    ("name", "code"),
    [("missing.yaml", "MB101"), ("folder", "MB101"), ("latin.yaml", "MB102"), ("a\0b", "MB101")],
)
def test_files_that_cannot_be_read(name: str, code: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "latin.yaml").write_bytes("title: café\n".encode("latin-1"))
    with pytest.raises(SpecError) as caught:
        parse_file(tmp_path / name)
    assert caught.value.code == code
    assert name in caught.value.where
