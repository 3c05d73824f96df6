"""No option of any command writes into a provider's folder; a data set of one's own is another thing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from medbench.cli.main import main
from medbench.cohort.samples.own_task import write_task
from medbench.cohort.source import SAMPLE_MARK

SOURCES = ("nct-crc-he-100k", "crc-val-he-7k", "padchest")


@pytest.fixture
def root(sample_root: Path, tmp_path: Path) -> Iterator[Path]:
    """A data root with T1's sources and one that T1 does not use."""
    for source in SOURCES:
        shutil.copytree(sample_root / source, tmp_path / "W" / source)
    before = sorted((tmp_path / "W").rglob("*"))
    yield tmp_path / "W"
    assert sorted((tmp_path / "W").rglob("*")) == before


def _refused(capsys: pytest.CaptureFixture[str], option: str, *argv: str | Path) -> None:
    capsys.readouterr()
    assert main([str(word) for word in argv]) == 2
    err = capsys.readouterr().err
    assert f"{option}: MB642" in err


@pytest.mark.parametrize("place", ["nct-crc-he-100k/new", "padchest", "padchest/deep/new"])
def test_every_option_that_names_a_place(capsys, root: Path, tmp_path: Path, place: str) -> None:
    task, cache = ("-t", "T1", "--data-root", root), ("--cache-dir", tmp_path / "cache")
    shut = root / place
    _refused(capsys, "--cache-dir", "data", "prepare", *task, "--cache-dir", shut)
    _refused(capsys, "--output", "data", "prepare", *task, *cache, "-o", shut)
    _refused(capsys, "--names", "data", "verify", *task, *cache, "--names", shut / "n.csv")
    _refused(capsys, "--cache-dir", "data", "verify", *task, "--cache-dir", shut)
    _refused(capsys, "--output", "run", "-m", "random-vlm", *task, *cache, "--output", shut)
    _refused(capsys, "--cache-dir", "run", "-m", "random-vlm", *task, "--cache-dir", shut)
    _refused(capsys, "--root", "data", "sample", "--source", "nejm", "--root", shut)
    assert not (tmp_path / "cache").exists()


def test_where_the_user_is_counts_too(capsys, root: Path, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.chdir(root / "padchest")
    cache = ("--cache-dir", tmp_path / "cache")
    _refused(capsys, "--output", "run", "-m", "random-vlm", "-t", "T1", "--data-root", root, *cache)


def test_a_link_into_a_source(capsys, root: Path, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(root / "padchest")
    argv = ("data", "prepare", "-t", "T1", "--data-root", root, "--cache-dir", tmp_path / "link" / "c")
    _refused(capsys, "--cache-dir", *argv)


@pytest.mark.parametrize("said_by", ["environment", "settings", "sources", "its files"])
def test_a_source_without_a_mark_is_known(
    capsys, sample_root: Path, tmp_path: Path, monkeypatch, said_by: str
) -> None:
    """Whoever says where it lies, even while it is empty; and by its files where nobody does."""
    place = tmp_path / "D" / "padchest"
    place.mkdir(parents=True)
    if said_by == "its files":
        shutil.copytree(sample_root / "padchest", place, dirs_exist_ok=True)
        (place / SAMPLE_MARK).unlink()
    if said_by == "environment":
        monkeypatch.setenv("MEDBENCH_DATA_ROOT", str(tmp_path / "D"))
    lines = {"settings": f'data-root = "{tmp_path / "D"}"', "sources": f'[sources]\npadchest = "{place}"'}
    (tmp_path / "medbench.toml").write_text(lines.get(said_by, "") + "\n")
    argv = ("data", "sample", "--source", "nejm", "--config", tmp_path / "medbench.toml")
    _refused(capsys, "--root", *argv, "--root", place / "new")
    assert not (place / "new").exists()


def test_data_of_ones_own_may_lie_where_the_user_works(capsys, tmp_path: Path) -> None:
    write_task(tmp_path / "MINE", "MINE")
    argv = [
        "data",
        "prepare",
        "-t",
        str(tmp_path / "MINE" / "MINE.yaml"),
        "-o",
        str(tmp_path / "MINE" / "out"),
    ]
    assert main([*argv, "--cache-dir", str(tmp_path / "MINE" / "cache")]) == 0
    assert (tmp_path / "MINE" / "out" / "MINE" / "cohort.json").is_file()


def test_a_folder_with_a_sources_name_is_not_a_source(capsys, tmp_path: Path) -> None:
    root = tmp_path / "most" / "sample"
    assert main(["data", "sample", "--source", "nejm", "--scale", "0.1", "--root", str(root)]) == 0
    assert main(["data", "sample", "--source", "nejm", "--scale", "0.1", "--root", str(root)]) == 0
