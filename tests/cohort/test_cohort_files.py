"""A cohort on disk equals the one in memory, is read again while nothing changed, and never when damaged."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from medbench.cohort import files, prepare_cohort, read_cohort
from medbench.cohort.build import build_cohort
from medbench.cohort.files import write_cohort
from medbench.spec import Catalogue, Task

TASKS = [f"T{i}" for i in range(1, 9)] + ["NEJM"]


def _task(name: str) -> Task:
    return Catalogue().task(name)


def _roots(task: Task, root: Path) -> dict[str, Path]:
    return {source: root / source for source in task.data.sources}


@pytest.mark.parametrize("name", TASKS)
def test_round_trip(name: str, sample_root: Path, tmp_path: Path) -> None:
    task = _task(name)
    cohort = build_cohort(task, _roots(task, sample_root))
    write_cohort(tmp_path, cohort)
    assert read_cohort(tmp_path) == cohort
    first = (tmp_path / "cohort.json").read_bytes()
    write_cohort(tmp_path, read_cohort(tmp_path))
    assert (tmp_path / "cohort.json").read_bytes() == first


@pytest.fixture
def builds(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tasks whose cohorts were built, not read."""
    seen: list[str] = []

    def spy(task: Task, *args: Any):
        seen.append(task.id)
        return build_cohort(task, *args)

    monkeypatch.setattr(files, "build_cohort", spy)
    return seen


@pytest.fixture
def roots(sample_root: Path, tmp_path: Path) -> dict[str, Path]:
    shutil.copytree(sample_root / "aptos-2019", tmp_path / "aptos-2019")
    shutil.copytree(sample_root / "eyepacs-2015", tmp_path / "eyepacs-2015")
    return _roots(_task("T5"), tmp_path)


def _table(root: Path) -> Path:
    return next(path for path in sorted(root.rglob("*.csv")))


def test_built_once(roots, tmp_path: Path, builds: list[str]) -> None:
    first = prepare_cohort(_task("T5"), roots, tmp_path / "cache")
    assert prepare_cohort(_task("T5"), roots, tmp_path / "cache") == first
    assert builds == ["T5"]


def _touch_a_table(roots, task: Task) -> Task:
    os.utime(_table(roots["aptos-2019"]), ns=(1, 1))
    return task


def _lengthen_a_table(roots, task: Task) -> Task:
    file = _table(roots["aptos-2019"])
    time = file.stat().st_mtime_ns
    file.write_text(file.read_text() + "\n")
    os.utime(file, ns=(time, time))
    return task


def _add_an_image(roots, task: Task) -> Task:
    image = next(roots["aptos-2019"].rglob("*.png"))
    shutil.copy(image, image.with_name("another.png"))
    return task


def _other_spec(roots, task: Task) -> Task:
    return replace(task, digest="0" * 64)


@pytest.mark.parametrize("change", [_touch_a_table, _lengthen_a_table, _add_an_image, _other_spec])
def test_a_change_builds_it_again(change, roots, tmp_path: Path, builds: list[str]) -> None:
    prepare_cohort(_task("T5"), roots, tmp_path / "cache")
    prepare_cohort(change(roots, _task("T5")), roots, tmp_path / "cache")
    assert builds == ["T5", "T5"]


def test_what_was_accepted_with_a_lack_is_not_read_without(roots, tmp_path: Path, builds: list[str]) -> None:
    for allowed in (True, False):
        prepare_cohort(_task("T5"), roots, tmp_path / "cache", allow_missing=allowed)
    assert len(builds) == 2


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("cohort.parquet", "truncated"),
        ("cohort.parquet", "altered"),
        ("cohort.parquet", "gone"),
        ("cohort.json", "truncated"),
        ("cohort.json", "gone"),
    ],
)
def test_a_damaged_cohort_is_built_again(name: str, damage: str, roots, tmp_path: Path, builds) -> None:
    cohort = prepare_cohort(_task("T5"), roots, tmp_path / "cache")
    (file,) = (tmp_path / "cache").rglob(name)
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    else:
        file.write_bytes(data[:-9] if damage == "truncated" else data.replace(b"test", b"tost"))
    assert prepare_cohort(_task("T5"), roots, tmp_path / "cache") == cohort
    assert len(builds) == 2
    assert file.read_bytes() == data
