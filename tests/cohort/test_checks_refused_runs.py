"""``run`` refuses a cohort that leaks, unless told otherwise; the record is then open."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import medbench
from medbench.cli.main import main
from medbench.cohort import ImageRef, prepare_cohort
from medbench.cohort.checks import image_names
from medbench.record import read_record

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
{more}
metrics: {{primary: roc_auc, report: [roc_auc]}}
"""


@pytest.fixture
def own(tmp_path: Path):
    """A data set of one's own with two patients a row pair; returns its folder."""
    from medbench.spec import benchmarks_folder

    rng = np.random.default_rng(3)
    lines = ["file,who,part,label"]
    for i in range(40):
        label = ("bright", "dark")[i % 2]
        pixels = rng.integers(0, 120, (24, 24, 3)) + (120 if label == "bright" else 0)
        Image.fromarray(pixels.astype(np.uint8)).save(tmp_path / f"scan{i:02d}.png")
        lines.append(f"scan{i:02d}.png,patient{i // 2:02d},{'train' if i < 24 else 'test'},{label}")
    (tmp_path / "labels.csv").write_text("\n".join(lines) + "\n")

    def write(more: str = "") -> Path:
        (tmp_path / "OWN.yaml").write_text(SPEC.format(base=benchmarks_folder(), more=more))
        return tmp_path

    write()
    return write


def _run(folder: Path, *options: str) -> tuple[int, Any]:
    import contextlib
    import io

    out = io.StringIO()
    argv = ["run", "--model", "image-stats", "--task", str(folder / "OWN.yaml"), "--json"]
    with contextlib.redirect_stdout(out):
        code = main([*argv, "--cache-dir", str(folder / "cache"), "-o", str(folder / "runs"), *options])
    return code, json.loads(out.getvalue())


def _record(result: Any) -> Any:
    (file,) = result["records"]
    return read_record(Path(file)).value


def _twin(folder: Path) -> None:
    # the same pixels in another file format
    with Image.open(folder / "scan02.png") as image:
        image.save(folder / "scan38.bmp")
    (folder / "scan38.png").unlink()
    table = (folder / "labels.csv").read_text()
    (folder / "labels.csv").write_text(table.replace("scan38.png", "scan38.bmp"))


def _overlap(folder: Path) -> None:
    table = (folder / "labels.csv").read_text()
    (folder / "labels.csv").write_text(table.replace("patient19", "patient03"))


def test_a_clean_cohort_is_official(own) -> None:
    code, result = _run(own())
    record = _record(result)
    assert (code, record["division"], "leaks" in record["cohort"]) == (0, "official", False)


def test_a_duplicate_image_is_refused_and_named(own) -> None:
    folder = own()
    _twin(folder)
    code, result = _run(folder)
    assert (code, result["records"], [row["state"] for row in result["not_run"]]) == (3, [], ["refused"])
    reason, name = result["not_run"][0]["reason"], image_names(folder / "cache")
    pair = f"{name('mine', ImageRef('scan02.png'))} = {name('mine', ImageRef('scan38.bmp'))}"
    assert f"MB640 1 test image that is in train too ({pair})" in reason
    assert "scan" not in reason and "patient" not in reason


def test_told_otherwise_the_record_is_open_and_says_how_many(own) -> None:
    folder = own()
    _twin(folder)
    code, result = _run(folder, "--allow-leaks")
    record = _record(result)
    assert (code, record["division"]) == (0, "open")
    assert record["deviations"] == ["leaks allowed: 1 test image that is in train too"]
    assert record["cohort"]["leaks"] == {"groups": 0, "images": 1, "exemplars": 0}


def test_a_spec_that_keeps_duplicates_counts_them_and_stays_official(own) -> None:
    folder = own("  duplicates: report")
    _twin(folder)
    code, result = _run(folder)
    record = _record(result)
    assert (code, record["division"], record["deviations"]) == (0, "official", [])
    assert record["cohort"]["leaks"] == {"groups": 0, "images": 1, "exemplars": 0}


def test_a_patient_in_train_and_test_is_refused_unless_told_otherwise(own) -> None:
    folder = own("  duplicates: report")
    _overlap(folder)
    code, result = _run(folder)
    assert code == 3 and "MB632" in result["not_run"][0]["reason"]
    code, result = _run(folder, "--allow-leaks")
    record = _record(result)
    assert (code, record["division"]) == (0, "open")
    assert record["deviations"] == ["leaks allowed: 1 patient or lesion in train and in test"]
    code, result = _run(folder, "--allow-leaks", "--limit", "40")
    assert "leaks allowed: 1 patient or lesion in train and in test" in _record(result)["deviations"]


def test_a_providers_patient_in_train_and_test_is_refused(tmp_path: Path, sample_root: Path) -> None:
    spec = Path(medbench.load_task("T4").file).read_text().replace("id: T4", "id: MIX")
    split = "{rule: stratified, strata: [melanoma], train_fraction: 0.7}"
    lines = [
        f"  split: {split}"
        if line.startswith("  split:")
        else line.replace("_dermatology", f"{_base()}/_dermatology")
        for line in spec.splitlines()
        if not line.startswith(
            ("rulings:", "  C8:", "  split: {at", "  duplicates: {at", "  leaks:", "reference:")
        )
        and not line.startswith("  expected:")
    ]
    (tmp_path / "MIX.yaml").write_text("\n".join(lines) + "\n")
    result = medbench.run(
        "image-stats",
        tasks=str(tmp_path / "MIX.yaml"),
        data_root=sample_root,
        output=tmp_path / "runs",
        cache_dir=tmp_path / "cache",
    )
    assert result.exit_code == 3
    assert "MB640" in result.not_run[0]["reason"]
    assert "patients or lesions in train and in test (first: " in result.not_run[0]["reason"]


def _base() -> Path:
    from medbench.spec import benchmarks_folder

    return benchmarks_folder()


def test_an_exemplar_in_the_test_set_is_refused(
    tmp_path: Path, sample_root: Path, idefics_tiny: Path
) -> None:
    shutil.copytree(sample_root / "nejm", tmp_path / "data" / "nejm")
    task, roots = medbench.load_task("NEJM"), {"nejm": tmp_path / "data" / "nejm"}
    rows = prepare_cohort(task, roots, tmp_path / "before").rows
    first = next(row for row in rows if row.split == "exemplar").images[0].path
    last = [row for row in rows if row.split == "test"][-1].images[0].path
    shutil.copyfile(tmp_path / "data" / "nejm" / first, tmp_path / "data" / "nejm" / last)
    result = medbench.run(
        "idefics-80b",
        tasks="NEJM",
        model_args={"path": str(idefics_tiny)},
        data_root=tmp_path / "data",
        output=tmp_path / "runs",
        cache_dir=tmp_path / "cache",
    )
    assert result.exit_code == 3
    assert "MB640 1 test case that is an exemplar" in result.not_run[0]["reason"]


@pytest.fixture
def idefics_tiny(tmp_path: Path) -> Path:
    from medbench_idefics.checkpoint import write

    write(tmp_path / "weights")
    return tmp_path / "weights"
