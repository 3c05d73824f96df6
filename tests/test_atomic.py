"""A reader sees the old file or the new one, never a half."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from medbench.atomic import canonical_json, write_atomic, write_bytes, write_json


def test_writes_and_makes_the_folder(tmp_path: Path) -> None:
    write_bytes(tmp_path / "a" / "b" / "file", b"x")
    assert (tmp_path / "a" / "b" / "file").read_bytes() == b"x"


def _fail_halfway(path: Path) -> None:
    path.write_text("half")
    raise RuntimeError("disk full")


def test_a_failing_write_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    with pytest.raises(RuntimeError, match="disk full"):
        write_atomic(file, _fail_halfway)
    with pytest.raises(ValueError, match="JSON"):
        write_json(file, {"a": float("nan")})
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    seen: list[str] = []

    def write(temporary: Path) -> None:
        temporary.write_text("new")
        seen.append(file.read_text())

    write_atomic(file, write)
    assert (seen, file.read_text()) == (["old"], "new")


def test_canonical_json_depends_on_the_value_alone() -> None:
    text = canonical_json({"b": [1, 0.1], "a": "ü", "c": None})
    assert text == canonical_json(dict(reversed(json.loads(text).items())))
    assert text.endswith("}\n") and "ü" in text
    assert json.loads(text) == {"a": "ü", "b": [1, 0.1], "c": None}
