"""The samples: read back with the planted counts, equal to the byte, never written over real data."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medbench.api import load_task
from medbench.cli.data_sample import USABLE
from medbench.cli.main import main
from medbench.cohort.build import build_cohort
from medbench.cohort.decode import decode
from medbench.cohort.samples import WRITERS, write_samples
from medbench.cohort.samples.counts import PLANTED_EXCLUSIONS
from medbench.cohort.source import SAMPLE_MARK, SourceTable
from medbench.cohort.sources import READERS, reader
from medbench.cohort.tables import header_of, sheet_lines
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
def test_planted_rows_that_are_left_out(sample_root, source):
    assert table_of(sample_root, source).exclusions == PLANTED_EXCLUSIONS.get(source, {})


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


@pytest.mark.parametrize("scale", [0.01, 0.1])
def test_two_writes_are_equal_to_the_byte(tmp_path, monkeypatch, scale):
    write_samples(tmp_path / "a", scale=scale)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    write_samples(tmp_path / "b", sources=sorted(WRITERS, reverse=True), scale=scale)
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
    next((tmp_path / "nejm" / "images").iterdir()).unlink()
    (tmp_path / "nejm" / ".DS_Store").write_text("left by a file manager")
    write_samples(tmp_path, ["nejm"], scale=0.2)
    assert tree(tmp_path) == before


def _add_file(folder):
    (folder / "images" / "mine.png").write_text("a day's work")


def _change_file(folder):
    file = folder / "image_challenge_dataset_20231223.json"
    file.write_text(file.read_text().replace("circle", "cIrcle").replace("Circle", "CIrcle"))


def _link_folder(folder):
    (folder / "linked").symlink_to(folder.parent / "elsewhere")


def _link_image(folder):
    image = next((folder / "images").iterdir())
    image.rename(folder.parent / "elsewhere" / "kept.png")
    image.symlink_to(folder.parent / "elsewhere" / "kept.png")


def _forget_files(folder):
    mark = json.loads((folder / SAMPLE_MARK).read_text())
    del mark["files"]
    (folder / SAMPLE_MARK).write_text(json.dumps(mark))


def _damage_mark(folder):
    (folder / SAMPLE_MARK).write_text("{")


def _link_all(folder):
    folder.rename(folder.parent / "moved")
    folder.symlink_to(folder.parent / "moved")


@pytest.mark.parametrize(
    "touch",
    [_add_file, _change_file, _link_folder, _link_image, _forget_files, _damage_mark, _link_all],
)
def test_what_medbench_did_not_write_is_never_deleted(tmp_path, touch):
    write_samples(tmp_path, ["nejm"], scale=0.2)
    (tmp_path / "elsewhere").mkdir()
    touch(tmp_path / "nejm")
    before = tree(tmp_path)
    with pytest.raises(DataError) as caught:
        write_samples(tmp_path, ["airogs", "nejm"], scale=0.2)
    assert caught.value.code == "MB621" and tree(tmp_path) == before


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


@pytest.mark.parametrize(("scale", "cases"), [(0.5, 22), (23, 967)])
def test_scale_multiplies_and_dates_stay_unique(tmp_path, scale, cases):
    write_samples(tmp_path, ["nejm"], scale)
    assert len(table_of(tmp_path, "nejm").rows) == cases


@pytest.mark.parametrize("scale", [0.01, 2])
def test_every_source_reads_at_other_scales(tmp_path, scale):
    sources = sorted(
        set(WRITERS) - ({"nct-crc-he-100k", "pannuke", "siim-isic-2020"} if scale > 1 else set())
    )
    write_samples(tmp_path, sources, scale)
    for source in sources:
        table = table_of(tmp_path, source)
        assert table.rows and not table.missing_files and not table.absent_parts


@pytest.mark.parametrize("scale", ["0", "-1", "nan", "inf", "101", "much", ""])
def test_a_scale_that_is_none_is_refused(tmp_path, capsys, scale):
    assert main(["data", "sample", "--root", str(tmp_path / "x"), f"--scale={scale}"]) == 2
    assert "MB014" in capsys.readouterr().err and not (tmp_path / "x").exists()


def test_every_task_can_be_made_from_the_smallest_scale_that_is_stated(tmp_path, capsys):
    assert main(["data", "sample", "--root", str(tmp_path / "s"), f"--scale={USABLE}"]) == 0
    assert "too few rows" not in capsys.readouterr().err
    for name in ("NEJM", *(f"T{number}" for number in range(1, 9))):
        task = load_task(name)
        cohort = build_cohort(task, {source: tmp_path / "s" / source for source in task.data.sources})
        for split in ("train", "test") if task.kind == "probe" and not cohort.multilabel else ():
            assert {row.label for row in cohort.split(split)} == set(range(len(cohort.classes)))


def test_a_scale_below_says_so(tmp_path, capsys):
    assert main(["data", "sample", "--root", str(tmp_path), "--source=nejm", f"--scale={USABLE - 0.1}"]) == 0
    assert f"below --scale {USABLE}" in capsys.readouterr().err


def test_the_command_writes_at_a_scale(tmp_path):
    line = ["data", "sample", "--root", str(tmp_path), "--source", "nejm", "--scale", "0.5"]
    assert main(line) == 0
    assert len(table_of(tmp_path, "nejm").rows) == 22


def test_quirks_that_the_samples_carry(sample_root):
    """Each is named in docs/quirks.md; the readers' own tests have what is done about it."""
    files = {path.relative_to(sample_root).as_posix() for path in sample_root.rglob("*")}
    assert "nct-crc-he-100k/__MACOSX/NCT-CRC-HE-100K/ADI/._ADI-AAAAAAAA.tif" in files
    assert {f"nct-crc-he-100k/NCT-CRC-HE-100K/ADI/{name}" for name in (".DS_Store", "Thumbs.db")} <= files
    assert {"pannuke/fold_3/Fold 3/images/fold3/types.npy", "pannuke/Fold 1/LICENCE"} <= files
    assert "airogs/5/5/TRAIN900005.jpg" in files
    masks = np.load(sample_root / "pannuke/Fold 1/masks/fold1/masks.npy", mmap_mode="r")
    types = np.load(sample_root / "pannuke/Fold 1/images/fold1/types.npy")
    assert (masks.dtype, masks.max() > 255, types.dtype) == (np.float64, True, np.dtype("<U13"))
    truth = (
        sample_root / "isic-2018-task3/ISIC2018_Task3_Test_GroundTruth/ISIC2018_Task3_Test_GroundTruth.csv"
    )
    header = header_of(truth)
    assert header[0] == "score_weight" and header.index("VASC") < header.index("MEL")
    assert header_of(sample_root / "ham10000/HAM10000_metadata")[0] == "lesion_id"
    ids = [line[0] for line in sheet_lines(next((sample_root / "odir-5k").glob("*.xlsx")))][1:]
    assert all(identity.isdigit() for identity in ids), "ids kept as 9001.0 are read as 9001"
    with Image.open(sample_root / "nejm/images/IC20051208.jpg") as image:
        assert image.mode == "CMYK"
    cases = table_of(sample_root, "nejm").rows
    options = [row.values["options"] for row in cases]
    assert any(a != b and a in b for row in options for a in row for b in row), "an option inside another"
    assert any(text.endswith(".") for row in options for text in row)
