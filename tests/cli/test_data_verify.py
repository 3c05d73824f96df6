"""``data verify`` on copies of the sample data and on data of one's own, with planted trouble."""

from __future__ import annotations

import csv
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from medbench.cli.main import main
from medbench.cohort import ImageRef
from medbench.cohort.checks import image_names
from medbench.cohort.source import SAMPLE_MARK
from medbench.spec import benchmarks_folder

SPEC = """\
schema: medbench.task/1
id: OWN
extends: {base}/_probe.yaml
title: Bright or dark
discipline: other
image: {{max_side: 1024, normalise: none}}
data:
  sources:
    mine: {{reader: image-csv, title: Mine, table: labels.csv, image: file, patient: who, split: part}}
  train: [{{source: mine, parts: [train]}}]
  test: [{{source: mine, parts: [test]}}]
  label: {{column: label, classes: [bright, dark]}}
metrics: {{primary: roc_auc, report: [roc_auc]}}
"""


def _own(folder: Path) -> Path:
    rng = np.random.default_rng(3)
    folder.mkdir()
    lines = ["file,who,part,label"]
    for i in range(24):
        Image.fromarray(rng.integers(0, 256, (32, 32, 3), dtype=np.uint8)).save(folder / f"scan{i:02d}.png")
        part = "train" if i < 16 else "test"
        lines.append(f"scan{i:02d}.png,patient{i // 2:02d},{part},{('bright', 'dark')[i % 2]}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    (folder / "OWN.yaml").write_text(SPEC.format(base=benchmarks_folder()))
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return _own(tmp_path / "own")


def _verify(capsys: pytest.CaptureFixture[str], cache: Path, *argv: str) -> tuple[int, Any]:
    capsys.readouterr()
    code = main(["data", "verify", "--json", "--cache-dir", str(cache), *argv])
    return code, json.loads(capsys.readouterr().out)


def _found(report: Any) -> list[tuple[str, str, str, int]]:
    return [(f["check"], f["severity"], f["where"], f["count"]) for f in report["findings"]]


def test_clean_data(own: Path, tmp_path: Path, capsys) -> None:
    code, report = _verify(capsys, tmp_path / "cache", "--task", str(own / "OWN.yaml"))
    assert (code, report["clean"], report["images"], report["findings"]) == (0, True, 24, [])
    (part,) = report["parts"]
    assert part["found"] == {"train": {"rows": 16, "groups": 8}, "test": {"rows": 8, "groups": 4}}


def test_planted_patient_and_images_are_found_and_named_by_salted_ids(
    own: Path, tmp_path: Path, capsys
) -> None:
    table = (own / "labels.csv").read_text().replace("patient11", "patient00")
    (own / "labels.csv").write_text(table)
    shutil.copyfile(own / "scan03.png", own / "scan18.png")
    with Image.open(own / "scan05.png") as image:
        image.save(own / "scan19.png", compress_level=0)
    with Image.open(own / "scan07.png") as image:
        image.resize((96, 96), Image.Resampling.LANCZOS).save(own / "scan20.png")
    shutil.copyfile(own / "scan08.png", own / "scan09.png")
    names = tmp_path / "names.csv"
    argv = ["--task", str(own / "OWN.yaml"), "--names", str(names)]
    code, report = _verify(capsys, tmp_path / "cache", *argv)
    assert (code, report["clean"]) == (3, False)
    assert _found(report) == [
        ("groups", "error", "OWN", 1),
        ("duplicates", "error", "OWN", 2),
        ("duplicates", "warning", "OWN train", 1),
        ("near-duplicates", "warning", "OWN train / OWN test", 1),
    ]
    name = image_names(tmp_path / "cache")
    ids = [[name("mine", ImageRef(f"scan{a}.png")), name("mine", ImageRef(f"scan{b}.png"))] for a, b in PAIRS]
    assert [pair for f in report["findings"] for pair in f["first"]] == ids
    text = json.dumps(report)
    assert "scan" not in text and "patient0" not in text
    with names.open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    flat = [one for pair in ids for one in pair], [f"scan{n}.png" for pair in PAIRS for n in pair]
    assert ([row["id"] for row in rows], [row["file"] for row in rows]) == flat


PAIRS = [("00", "22"), ("03", "18"), ("05", "19"), ("08", "09"), ("07", "20")]


def test_a_planted_exemplar_is_found(sample_root: Path, tmp_path: Path, capsys) -> None:
    from medbench.api import load_task
    from medbench.cohort import prepare_cohort

    shutil.copytree(sample_root / "nejm", tmp_path / "data" / "nejm")
    rows = prepare_cohort(load_task("NEJM"), {"nejm": tmp_path / "data" / "nejm"}, tmp_path / "before").rows
    shown = next(row for row in rows if row.split == "exemplar").images[0]
    asked = [row for row in rows if row.split == "test"][5].images[0]
    shutil.copyfile(tmp_path / "data" / "nejm" / shown.path, tmp_path / "data" / "nejm" / asked.path)
    argv = ["--task", "NEJM", "--data-root", str(tmp_path / "data")]
    code, report = _verify(capsys, tmp_path / "cache", *argv)
    (found,) = [f for f in report["findings"] if f["check"] == "exemplars"]
    name = image_names(tmp_path / "cache")
    assert code == 3
    assert (found["severity"], found["first"]) == ("error", [[name("nejm", shown), name("nejm", asked)]])


def test_tasks_that_share_a_provider_are_held_against_each_other(
    sample_root: Path, tmp_path: Path, capsys
) -> None:
    for source in ("eyepacs-2015", "aptos-2019", "airogs", "odir-5k"):
        shutil.copytree(sample_root / source, tmp_path / "data" / source)
    eye = sorted((tmp_path / "data" / "eyepacs-2015" / "train").glob("*.jpeg"))[6]
    other = sorted((tmp_path / "data" / "airogs").rglob("TRAIN*.jp*g"), key=lambda p: p.name)[4]
    shutil.copyfile(eye, other)
    argv = ["--task", "T5", "--task", "T6", "--data-root", str(tmp_path / "data")]
    code, report = _verify(capsys, tmp_path / "cache", *argv)
    name = image_names(tmp_path / "cache")
    pair = [
        name("eyepacs-2015", ImageRef(eye.relative_to(tmp_path / "data" / "eyepacs-2015").as_posix())),
        name("airogs", ImageRef(other.relative_to(tmp_path / "data" / "airogs").as_posix())),
    ]
    across = [f for f in report["findings"] if f["check"] == "duplicates" and " / " in f["where"]]
    assert pair in [found for f in across for found in f["first"]]
    assert all(f["severity"] == "warning" for f in across) and code == 0


def test_broken_and_missing_files_are_counted_and_stop_nothing(own: Path, tmp_path: Path, capsys) -> None:
    (own / "scan01.png").write_bytes((own / "scan01.png").read_bytes()[:200])
    (own / "scan02.png").write_bytes(b"not an image")
    (own / "scan23.png").unlink()
    code, report = _verify(capsys, tmp_path / "cache", "--task", str(own / "OWN.yaml"))
    assert code == 3
    assert ("unreadable", "error", "OWN", 2) in _found(report)
    assert ("partial", "error", "mine", 1) in _found(report)
    assert report["parts"][0]["unreadable"] == 2


def test_missing_sources_exit_3(tmp_path: Path, capsys) -> None:
    code, report = _verify(capsys, tmp_path / "cache", "--task", "T1", "--data-root", str(tmp_path))
    assert code == 3 and {row[0] for row in _found(report)} == {"missing"}


def test_a_wrong_edition_is_a_warning(sample_root: Path, tmp_path: Path, capsys) -> None:
    shutil.copytree(sample_root / "padchest", tmp_path / "padchest")
    (tmp_path / "padchest" / SAMPLE_MARK).unlink()
    argv = ["--source", "padchest", "--data-root", str(tmp_path)]
    _, report = _verify(capsys, tmp_path / "cache", *argv)
    found = [f for f in report["findings"] if f["check"] == "edition"]
    assert {f["severity"] for f in found} == {"warning"}
    assert any("at least 612 pixels" in f["message"] for f in found)


def test_nothing_is_written_into_the_sources(sample_root: Path, tmp_path: Path, capsys) -> None:
    def listing() -> list[tuple[str, int, int]]:
        stats = ((p, p.stat()) for p in sorted(sample_root.rglob("*")))
        return [(str(p), s.st_size, s.st_mtime_ns) for p, s in stats]

    before = listing()
    code, report = _verify(capsys, tmp_path / "cache", "--data-root", str(sample_root))
    assert (code, report["clean"]) == (0, True)
    assert len(report["parts"]) == 9 and all(part["synthetic"] for part in report["parts"])
    assert listing() == before


def test_names_are_not_written_into_a_source(sample_root: Path, tmp_path: Path, capsys) -> None:
    file = sample_root / "aptos-2019" / "names.csv"
    argv = ["data", "verify", "--data-root", str(sample_root), "--cache-dir", str(tmp_path)]
    assert main([*argv, "--task", "T5", "--names", str(file)]) == 2
    assert main([*argv, "--source", "aptos-2019", "--names", str(file)]) == 2
    assert "MB642" in capsys.readouterr().err and not file.exists()


def test_two_tasks_may_call_their_own_data_the_same(own: Path, tmp_path: Path, capsys) -> None:
    second = _own(tmp_path / "second")
    (second / "OWN.yaml").write_text((second / "OWN.yaml").read_text().replace("id: OWN", "id: TWO"))
    (second / "OWN.yaml").rename(second / "TWO.yaml")
    (second / "scan00.png").write_bytes(b"")
    argv = ["--task", str(own / "OWN.yaml"), "--task", str(second / "TWO.yaml")]
    _, report = _verify(capsys, tmp_path / "cache", *argv)
    assert {part["name"]: part["unreadable"] for part in report["parts"]} == {"OWN": 0, "TWO": 1}


@pytest.mark.parametrize(
    ("argv", "code"),
    [
        (["--distance", "17"], "MB014"),
        (["--distance", "x"], "MB014"),
        (["--source", "padchst"], "MB017"),
        (["--source", "padchest", "--task", "T7"], "MB010"),
    ],
)
def test_mistakes_on_the_line(argv: list[str], code: str, capsys) -> None:
    assert main(["data", "verify", *argv]) == 2
    assert code in capsys.readouterr().err


def test_people_see_tables(own: Path, tmp_path: Path, capsys) -> None:
    shutil.copyfile(own / "scan03.png", own / "scan18.png")
    argv = ["data", "verify", "--task", str(own / "OWN.yaml"), "--cache-dir", str(tmp_path / "cache")]
    assert main(argv) == 3
    out, err = capsys.readouterr()
    assert "test images that are in train too" in out and "24 images read; errors: 1, warnings: 0" in out
    assert "reading images (24)" in err
    assert "scan" not in out + err


def test_interrupted_and_typed_again_it_goes_on(tmp_path: Path) -> None:
    folder = _own(tmp_path / "own")
    rng = np.random.default_rng(4)
    lines = ["file,who,part,label"]
    for i in range(600):
        pixels = np.repeat(np.repeat(rng.integers(0, 256, (60, 60, 3), dtype=np.uint8), 16, 0), 16, 1)
        Image.fromarray(pixels).save(folder / f"scan{i:03d}.png", compress_level=1)
        part = "train" if i < 400 else "test"
        lines.append(f"scan{i:03d}.png,patient{i:03d},{part},{('bright', 'dark')[i % 2]}")
    (folder / "labels.csv").write_text("\n".join(lines) + "\n")
    cache = tmp_path / "cache"
    argv = [sys.executable, "-m", "medbench", "data", "verify", "--task", str(folder / "OWN.yaml")]
    argv += ["--cache-dir", str(cache), "--json"]
    process = subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    # however slow the machine: as soon as something is remembered, and long before all is
    while process.poll() is None and not _remembered(cache):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "interrupted; the same line goes on" in err and "Traceback" not in err
    kept = _remembered(cache)
    assert 0 < kept < 600
    again = subprocess.run(argv, capture_output=True, text=True, check=False, env=os.environ)
    assert again.returncode == 0, again.stderr
    assert json.loads(again.stdout)["images"] == 600 and _remembered(cache) == 600


def _remembered(cache: Path) -> int:
    import sqlite3
    from contextlib import closing

    if not (cache / "verify.sqlite").exists():
        return 0
    with closing(sqlite3.connect(cache / "verify.sqlite")) as database:
        return int(database.execute("SELECT count(*) FROM image").fetchone()[0])
