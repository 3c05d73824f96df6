"""The samples: read back with the planted counts, equal to the byte, never written over real data."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import pytest

from medbench.cohort.decode import decode
from medbench.cohort.samples import WRITERS, write_samples
from medbench.cohort.source import SAMPLE_MARK, SourceTable
from medbench.cohort.sources import READERS, reader
from medbench.errors import DataError

PLANTED = {
    "airogs": (240, "glaucoma", 2, 120),
    "aptos-2019": (90, "grade", 5, 18),
    "crc-val-he-7k": (126, "tissue", 9, 14),
    "eyepacs-2015": (320, "grade", 5, 50),
    "ham10000": (168, "diagnosis", 7, 24),
    "isic-2018-task3": (140, "diagnosis", 7, 20),
    "most": (256, "grade", 5, 35),
    "nct-crc-he-100k": (216, "tissue", 9, 24),
    "nejm": (43, "answer", 5, 4),
    "oai": (337, "grade", 5, 50),
    "odir-5k": (140, "glaucoma", 2, 60),
    "padchest": (587, "findings", 10, 5),
    "pannuke": (400, "malignancy", 2, 200),
    "siim-isic-2020": (480, "melanoma", 2, 200),
}
"""Rows, label column, number of classes, and the least number of rows in a class."""


def table_of(root: Path, source: str) -> SourceTable:
    return reader(source).read(root / source, {})


def labels_of(table: SourceTable, column: str) -> Counter[object]:
    found: Counter[object] = Counter()
    for row in table.rows:
        value = row.values[column]
        found.update(value if isinstance(value, tuple) else [value])
    return found


def tree(root: Path) -> dict[str, str]:
    files = (path for path in root.rglob("*") if path.is_file())
    return {p.relative_to(root).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def test_every_source_has_a_reader_and_a_sample():
    assert set(READERS) == set(WRITERS) == set(PLANTED)


@pytest.mark.parametrize("source", sorted(PLANTED))
def test_planted_counts(sample_root, source):
    rows, column, classes, least = PLANTED[source]
    table = table_of(sample_root, source)
    labels = labels_of(table, column)
    assert reader(source).find(sample_root / source) == ""
    assert (len(table.rows), table.source, table.missing_files) == (rows, source, 0)
    assert len(labels) == classes
    assert min(labels.values()) >= least


@pytest.mark.parametrize("source", sorted(PLANTED))
def test_images_decode_and_samples_are_unique(sample_root, source):
    table = table_of(sample_root, source)
    assert len({row.sample for row in table.rows}) == len(table.rows)
    for row in table.rows[:: max(1, len(table.rows) // 10)]:
        for image in row.images:
            assert decode(sample_root / source / image.path, image.index).mode == "RGB"


def test_balance_where_an_uninformative_probe_must_sit_at_chance(sample_root):
    for source in ("nct-crc-he-100k", "crc-val-he-7k"):
        assert len(set(labels_of(table_of(sample_root, source), "tissue").values())) == 1
    rows = table_of(sample_root, "pannuke").rows
    cells = Counter((row.values["tissue"], row.values["malignancy"]) for row in rows)
    assert len(cells) == 10
    assert set(cells.values()) == {40}


def test_padchest_has_labels_on_both_sides_of_the_rule(sample_root):
    rows = [r for r in table_of(sample_root, "padchest").rows if r.values["method"] == "Physician"]
    found = Counter(label for row in rows for label in row.values["findings"])
    # three in ten patients are the test part, and the rule asks for more than 50 positives there
    assert sum(0.3 * count > 65 for count in found.values()) >= 3
    assert sum(0.3 * count < 40 for count in found.values()) >= 3


def test_two_writes_are_equal_to_the_byte(tmp_path, monkeypatch):
    write_samples(tmp_path / "a", scale=0.1)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    write_samples(tmp_path / "b", sources=sorted(WRITERS, reverse=True), scale=0.1)
    assert tree(tmp_path / "a") == tree(tmp_path / "b")


def test_marked_as_synthetic_and_small(sample_root):
    for source in WRITERS:
        mark = json.loads((sample_root / source / SAMPLE_MARK).read_text())
        assert (mark["schema"], mark["source"]) == ("medbench.sample/1", source)
    assert sum(path.stat().st_size for path in sample_root.rglob("*") if path.is_file()) < 13e6
    assert not list(sample_root.glob(".*")), "no draft is left behind"


def test_unmarked_folder_is_refused_and_nothing_is_written(tmp_path):
    (tmp_path / "aptos-2019").mkdir()
    (tmp_path / "aptos-2019" / "train.csv").write_text("id_code,diagnosis\n")
    with pytest.raises(DataError) as caught:
        write_samples(tmp_path, ["airogs", "aptos-2019"])
    assert caught.value.code == "MB621"
    assert [path.name for path in tmp_path.iterdir()] == ["aptos-2019"]
    assert (tmp_path / "aptos-2019" / "train.csv").read_text() == "id_code,diagnosis\n"


def test_sample_is_replaced_whole(tmp_path):
    assert write_samples(tmp_path, ["nejm"], scale=0.2) == ["nejm"]
    before = tree(tmp_path)
    (tmp_path / "nejm" / "stray.txt").write_text("left over")
    write_samples(tmp_path, ["nejm"], scale=0.2)
    assert tree(tmp_path) == before


def test_failed_write_leaves_the_old_sample(tmp_path, monkeypatch):
    write_samples(tmp_path, ["nejm"], scale=0.2)
    before = tree(tmp_path)

    def fail(root, scale, rng):
        (root / "half.txt").write_text("half")
        raise OSError("disk full")

    monkeypatch.setitem(WRITERS, "nejm", fail)
    with pytest.raises(OSError, match="disk full"):
        write_samples(tmp_path, ["nejm"])
    assert tree(tmp_path) == before


def test_unknown_source_is_refused(tmp_path):
    for call in (lambda: write_samples(tmp_path, ["nejn"]), lambda: reader("nejn")):
        with pytest.raises(DataError, match="unknown source") as caught:
            call()
        assert (caught.value.code, caught.value.hint) == ("MB620", "did you mean 'nejm'?")
