"""What cannot be read is said for each source, in words that name no image, and hides nothing else."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from medbench.cli.main import main
from medbench.cohort import decode
from medbench.cohort.faults import data_fault, told
from medbench.cohort.image_memory import image_memory
from medbench.errors import DataError


def _copy(sample_root: Path, folder: Path, *sources: str) -> Path:
    for source in sources:
        shutil.copytree(sample_root / source, folder / "data" / source)
    return folder / "data"


def _data(capsys: pytest.CaptureFixture[str], root: Path, verb: str, *argv: str) -> tuple[int, Any]:
    capsys.readouterr()
    line = [
        "data",
        verb,
        "--data-root",
        str(root),
        "--cache-dir",
        str(root.parent / "cache"),
        "--json",
        *argv,
    ]
    code = main(line)
    return code, json.loads(capsys.readouterr().out)


def test_labels_and_an_archive_are_a_partial_download(capsys, sample_root: Path, tmp_path: Path) -> None:
    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019")
    for folder in ("train", "test"):
        shutil.rmtree(root / "eyepacs-2015" / folder)
    (root / "eyepacs-2015" / "train.zip.001").write_bytes(b"PK")
    _, (row,) = _data(capsys, root, "status", "--task", "T5")
    assert row["state"] == "partial"
    assert "found train.zip.001" in row["why"] and "join the parts" in row["why"]
    assert "too little for so few groups" not in row["why"]
    assert [source["state"] for source in row["sources"]] == ["partial", "ready"]
    for argv in ([], ["--allow-missing"]):
        code, (row,) = _data(capsys, root, "prepare", "--task", "T5", *argv)
        assert (code, row["state"]) == (3, "refused")
        assert "MB610" in row["why"] and "found train.zip.001" in row["why"]
    code, report = _data(capsys, root, "verify", "--task", "T5")
    assert code == 3 and "found train.zip.001" in report["findings"][0]["message"]


def test_one_bad_source_hides_no_other(capsys, sample_root: Path, tmp_path: Path, monkeypatch) -> None:
    from medbench.cohort.sources import eyepacs_2015

    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019", "nct-crc-he-100k", "crc-val-he-7k")

    def broken(root: Path, options: object) -> None:
        raise OSError(errno.EIO, "Input/output error", str(root / "train" / "9001_left.jpeg"))

    monkeypatch.setattr(eyepacs_2015, "read", broken)
    (root / "aptos-2019" / "train.csv").write_text("name,grade\n1,2\n")
    tasks = ["--task", "T5", "--task", "T1"]
    code, rows = _data(capsys, root, "status", *tasks)
    assert (code, [row["state"] for row in rows]) == (0, ["altered", "ready"])
    assert [source["state"] for source in rows[0]["sources"]] == ["altered", "altered"]
    assert "MB023 Input/output error" in rows[0]["why"] and "MB602" in rows[0]["why"]
    code, prepared = _data(capsys, root, "prepare", *tasks)
    assert (code, [row["state"] for row in prepared]) == (3, ["refused", "prepared"])
    code, report = _data(capsys, root, "verify", *tasks)
    assert (code, {"eyepacs-2015", "aptos-2019"} <= {f["where"] for f in report["findings"]}) == (3, True)
    assert report["parts"][1]["images"] > 0
    assert "9001_left" not in json.dumps([rows, prepared, report])
    code, report = _data(capsys, root, "verify", "--source", "eyepacs-2015", "--source", "crc-val-he-7k")
    assert code == 3 and report["parts"][1]["images"] > 0


def test_a_folder_that_cannot_be_listed_stops_no_other_task(
    capsys, sample_root: Path, tmp_path: Path, monkeypatch
) -> None:
    from medbench.cohort import prepared

    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019", "nct-crc-he-100k", "crc-val-he-7k")
    real = prepared.fingerprint

    def refused(folder: Path, own: object) -> Any:
        if folder.name == "aptos-2019":
            raise PermissionError(errno.EACCES, "Permission denied", str(folder / "train_images" / "a1.png"))
        return real(folder, own)

    monkeypatch.setattr(prepared, "fingerprint", refused)
    for verb, state in (("status", "altered"), ("prepare", "refused")):
        _, rows = _data(capsys, root, verb, "--task", "T5", "--task", "T1")
        assert rows[0]["state"] == state and "MB661" in rows[0]["why"] and rows[1]["state"] != state
        assert "a1.png" not in rows[0]["why"]
    _, report = _data(capsys, root, "verify", "--task", "T5", "--task", "T1")
    assert "MB661" in report["findings"][0]["message"] and report["parts"][1]["images"] > 0


def test_a_source_that_cannot_be_searched_is_one_row(
    capsys, sample_root: Path, tmp_path: Path, monkeypatch
) -> None:
    from medbench.cohort.sources import aptos_2019

    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019")

    def broken(root: Path) -> str:
        raise OSError(errno.ELOOP, "Too many levels of symbolic links", str(root))

    monkeypatch.setattr(aptos_2019, "find", broken)
    code, (row,) = _data(capsys, root, "status", "--task", "T5")
    assert (code, row["state"]) == (0, "missing") and "MB023" in row["why"]


def test_two_images_of_one_name_are_not_named(capsys, sample_root: Path, tmp_path: Path) -> None:
    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019")
    image = sorted((root / "aptos-2019" / "train_images").iterdir())[0]
    shutil.copyfile(image, image.with_suffix(".jpg"))
    said = [
        _data(capsys, root, verb, *argv)[1]
        for verb, argv in (
            ("status", ["--task", "T5"]),
            ("prepare", ["--task", "T5"]),
            ("verify", ["--task", "T5"]),
            ("verify", ["--source", "aptos-2019"]),
        )
    ]
    assert all("MB605" in json.dumps(report) for report in said)
    assert image.stem not in json.dumps(said)


def test_two_crops_of_one_knee_are_not_named(capsys, sample_root: Path, tmp_path: Path) -> None:
    root = _copy(sample_root, tmp_path, "oai")
    crop = sorted((root / "oai").rglob("*.png"))[0]
    (crop.parent / "again").mkdir()
    shutil.copyfile(crop, crop.parent / "again" / crop.name)
    shutil.copyfile(crop, crop.with_name(crop.name.replace(".png", ".jpg")))
    code, report = _data(capsys, root, "verify", "--source", "oai")
    assert code == 3 and "MB6" in report["findings"][0]["message"]
    assert crop.stem not in json.dumps(report)


@pytest.mark.parametrize(
    ("fault", "said"),
    [
        (
            DataError("MB606", "sample '17_4.png' is there twice", "labels.csv, row 4"),
            "labels.csv, row 4: MB606",
        ),
        (DataError("MB606", "sample '17_4.png' is there twice", "padchest"), "padchest: MB606 two rows"),
        (DataError("MB604", "no date of the case", "17_4.pptx"), "here: MB604 no date of the case"),
        (DataError("MB602", "no column 'a'", "/data/t.xlsx"), "/data/t.xlsx: MB602 no column 'a'"),
        (PermissionError(13, "Permission denied", "/data/17_4.png"), "here: MB661 is there"),
        (OSError(5, "Input/output error", "/data/17_4.png"), "here: MB023 Input/output error"),
    ],
)
def test_what_a_report_may_say(fault: DataError | OSError, said: str) -> None:
    assert told(fault, "here").startswith(said) and "17_4" not in told(fault, "here")


def test_an_error_of_the_system_names_what_was_read() -> None:
    assert data_fault(OSError(5, "Input/output error"), Path("/data")).where == "/data"


def test_a_name_that_is_not_utf8_is_refused_in_words(capsys, sample_root: Path, tmp_path: Path) -> None:
    root = _copy(sample_root, tmp_path, "nct-crc-he-100k", "crc-val-he-7k")
    tile = next((root / "crc-val-he-7k").rglob("*.tif"))
    try:
        shutil.copyfile(
            tile, os.fsdecode(os.fsencode(tile.parent) + os.fsencode(f"/{tile.parent.name}-") + b"\xff.tif")
        )
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    code, (row,) = _data(capsys, root, "prepare", "--task", "T1")
    assert (code, row["state"]) == (3, "refused") and "MB670" in row["why"]
    for argv in (["--task", "T1"], ["--source", "crc-val-he-7k"]):
        code, report = _data(capsys, root, "verify", *argv)
        assert code == 3 and "MB670" in report["findings"][0]["message"]


def test_a_cache_that_cannot_be_written_is_said_in_words(capsys, sample_root: Path, tmp_path: Path) -> None:
    (tmp_path / "cache" / "verify.sqlite").mkdir(parents=True)
    argv = ["data", "verify", "--task", "T5", "--data-root", str(sample_root)]
    assert main([*argv, "--cache-dir", str(tmp_path / "cache")]) == 2
    err = capsys.readouterr().err
    assert "MB023" in err and "verify.sqlite" in err and "Traceback" not in err


def test_a_memory_that_is_read_only_is_said_in_words(tmp_path: Path) -> None:
    with image_memory(tmp_path / "m.sqlite"):
        pass
    with pytest.raises(OSError, match="readonly") as caught, image_memory(tmp_path / "m.sqlite") as memory:
        memory._database.execute("PRAGMA query_only = 1")
        memory.add({"a": "b"})
    assert caught.value.filename == str(tmp_path / "m.sqlite")


def test_an_image_that_may_not_be_read_is_not_called_damaged(
    capsys, sample_root: Path, tmp_path: Path, monkeypatch
) -> None:
    root = _copy(sample_root, tmp_path, "eyepacs-2015", "aptos-2019")
    shut = sorted((root / "aptos-2019" / "train_images").iterdir())[0]
    real = Path.read_bytes

    def refused(path: Path) -> bytes:
        if path.name == shut.name:
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return real(path)

    monkeypatch.setattr(Path, "read_bytes", refused)
    code, report = _data(capsys, root, "verify", "--source", "aptos-2019")
    (found,) = [f for f in report["findings"] if f["check"] == "unreadable"]
    assert code == 3 and found["message"] == "MB661 images are there and may not be read"
    assert shut.stem not in json.dumps(report)


def test_an_array_that_may_not_be_read_is_not_called_damaged(tmp_path: Path, monkeypatch) -> None:
    np.save(tmp_path / "a.npy", np.zeros((1, 2, 2)))

    def refused(*args: object, **options: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(np, "load", refused)
    with pytest.raises(DataError) as caught:
        decode.decode(tmp_path / "a.npy", 0)
    assert (caught.value.code, caught.value.where) == ("MB661", str(tmp_path / "a.npy"))


def test_an_archive_that_cannot_be_read_stops_no_check(
    capsys, sample_root: Path, tmp_path: Path, monkeypatch
) -> None:
    from medbench.cohort.checks import verify

    def refused(*args: object) -> None:
        raise OSError(errno.EIO, "Input/output error", "/data/NCT-CRC-HE-100K.zip")

    monkeypatch.setattr(verify, "edition_findings", refused)
    root = _copy(sample_root, tmp_path, "crc-val-he-7k")
    code, report = _data(capsys, root, "verify", "--source", "crc-val-he-7k")
    assert code == 3 and report["findings"][0]["message"].startswith("crc-val-he-7k: MB023")
