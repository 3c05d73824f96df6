"""Facts of many images: remembered, never stopped by a broken file, nothing written beside the images."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medbench.cohort import ImageRef
from medbench.cohort.checks import survey
from medbench.cohort.checks.image_facts import ImageFacts, inspect_image
from medbench.cohort.checks.survey import MEMORY, survey_images
from medbench.cohort.decode import decode, digest
from medbench.errors import DataError


class Silent:
    def stage(self, what: str, total: int) -> None:
        self.total, self.done = total, 0

    def step(self, n: int) -> None:
        self.done += n


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "patient-qum0815"
    folder.mkdir()
    for i in range(6):
        Image.new("RGB", (6, 4), (i * 40, 10, 10)).save(folder / f"scan-xylo4711-{i}.png")
    return folder


ITEMS = [("s", ImageRef(f"scan-xylo4711-{i}.png")) for i in range(6)]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files inspected from now on."""
    seen: list[str] = []

    def spy(path: Path, index: int | None) -> ImageFacts:
        seen.append(path.name)
        return inspect_image(path, index)

    monkeypatch.setattr(survey, "inspect_image", spy)
    return seen


def _survey(root: Path, cache: Path, watch: Silent | None = None):
    return survey_images(ITEMS, {"s": root}, cache, watch or Silent())


def test_each_image_is_read_once(root: Path, tmp_path: Path, read: list[str]) -> None:
    watch = Silent()
    first = _survey(root, tmp_path, watch)
    assert (len(first), len(read), watch.total, watch.done) == (6, 6, 6, 6)
    assert _survey(root, tmp_path, watch) == first
    assert (len(read), watch.done) == (6, 6)


def test_a_changed_file_is_read_again(root: Path, tmp_path: Path, read: list[str]) -> None:
    first = _survey(root, tmp_path)
    Image.new("RGB", (6, 4), "blue").save(root / "scan-xylo4711-2.png")
    os.utime(root / "scan-xylo4711-2.png", ns=(1, 1))
    read.clear()
    second = _survey(root, tmp_path)
    assert read == ["scan-xylo4711-2.png"]
    assert [item for item in ITEMS if first[item] != second[item]] == [ITEMS[2]]


def test_broken_files_stop_nothing_and_are_tried_again(root: Path, tmp_path: Path, read: list[str]) -> None:
    whole = (root / "scan-xylo4711-1.png").read_bytes()
    (root / "scan-xylo4711-1.png").write_bytes(whole[:40])
    (root / "scan-xylo4711-3.png").write_bytes(b"")
    (root / "scan-xylo4711-4.png").unlink()
    found = _survey(root, tmp_path)
    codes = [f.code if isinstance(f, DataError) else "" for f in (found[item] for item in ITEMS)]
    assert codes == ["", "MB607", "", "MB607", "MB601", ""]
    read.clear()
    _survey(root, tmp_path)
    assert sorted(read) == [f"scan-xylo4711-{i}.png" for i in (1, 3, 4)]


def test_a_decoder_that_breaks_in_a_new_way_stops_nothing(root: Path, tmp_path: Path, monkeypatch) -> None:
    def inspect(path: Path, index: int | None) -> ImageFacts:
        if "3" in path.name:
            raise MemoryError
        return inspect_image(path, index)

    monkeypatch.setattr(survey, "inspect_image", inspect)
    found = _survey(root, tmp_path)
    assert [item for item in ITEMS if isinstance(found[item], DataError)] == [ITEMS[3]]
    assert "MemoryError" in str(found[ITEMS[3]])


def test_what_was_read_before_an_interruption_stays(root: Path, tmp_path: Path, monkeypatch) -> None:
    class Impatient(Silent):
        def step(self, n: int) -> None:
            super().step(n)
            if self.done == 4:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _survey(root, tmp_path, Impatient())
    seen: list[str] = []
    monkeypatch.setattr(
        survey, "inspect_image", lambda path, index: seen.append(path.name) or inspect_image(path, index)
    )
    assert len(_survey(root, tmp_path)) == 6
    assert 0 < len(seen) <= 2


def test_the_memory_holds_no_path_and_no_id(root: Path, tmp_path: Path) -> None:
    _survey(root, tmp_path)
    content = (tmp_path / MEMORY).read_bytes()
    assert not [name for name in (b"patient", b"qum0815", b"scan", b"xylo4711", b"png") if name in content]


def test_facts_of_stored_images(tmp_path: Path) -> None:
    Image.fromarray(np.full((700, 620), 40_000, dtype=np.uint16)).save(tmp_path / "deep.png")
    Image.new("L", (5, 7)).save(tmp_path / "grey.png")
    Image.new("RGB", (2048, 10), "red").save(tmp_path / "wide.png")
    np.save(tmp_path / "stack.npy", np.zeros((2, 8, 9, 3)))
    seen = {name: inspect_image(tmp_path / name, None) for name in ("deep.png", "grey.png", "wide.png")}
    seen["stack.npy"] = inspect_image(tmp_path / "stack.npy", 1)
    assert {name: (f.width, f.height, f.depth, f.channels) for name, f in seen.items()} == {
        "deep.png": (620, 700, 16, 1),
        "grey.png": (5, 7, 8, 1),
        "wide.png": (2048, 10, 8, 3),
        "stack.npy": (9, 8, 8, 3),
    }
    assert seen["grey.png"].digest == digest(decode(tmp_path / "grey.png"))
    assert ImageFacts.from_text(seen["deep.png"].to_text()) == seen["deep.png"]
