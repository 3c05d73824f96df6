"""Digests of prepared images are remembered by file, size, change time and preparation; never by name."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from medbench.cohort import CohortRow, ImageRef
from medbench.cohort.decode import decode, decode_encoded, digest
from medbench.cohort.encoded import EncodedImage
from medbench.errors import DataError
from medbench.inference import ImageLoader, image_addresses, image_digests, images, known_digests
from medbench.spec import ImagePreparation

PLAIN = ImagePreparation(1024, "none")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "patient-0815"
    folder.mkdir()
    for i in range(3):
        Image.new("RGB", (6, 4), (i * 40, 10, 10)).save(folder / f"scan-4711-{i}.png")
    np.save(folder / "stack.npy", np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3))
    return folder


def _row(i: int, *refs: ImageRef) -> CohortRow:
    return CohortRow("test", i, "s", refs, i, 0, {})


ROWS = [
    _row(0, ImageRef("scan-4711-0.png")),
    _row(1, ImageRef("scan-4711-1.png"), ImageRef("scan-4711-2.png")),
    _row(2, ImageRef("stack.npy", 0)),
    _row(3, ImageRef("stack.npy", 1)),
    _row(4, ImageRef("scan-4711-0.png")),
]


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the files decoded from now on."""
    seen: list[str] = []

    def spy(encoded: EncodedImage, index: int | None = None) -> Image.Image:
        seen.append(encoded.path.name)
        return decode_encoded(encoded, index)

    monkeypatch.setattr(images, "decode_encoded", spy)
    return seen


def _digests(root: Path, cache: Path, preparation: ImagePreparation = PLAIN, steps: list[int] | None = None):
    done = steps if steps is not None else []
    return image_digests(ImageLoader({"s": root}, preparation), ROWS, cache, done.append)


def test_each_image_is_decoded_once(root: Path, tmp_path: Path, decoded: list[str]) -> None:
    steps: list[int] = []
    first = _digests(root, tmp_path, steps=steps)
    assert (len(first), len(decoded), sum(steps)) == (5, 5, 5)
    assert first["s", ImageRef("scan-4711-1.png")] == digest(decode(root / "scan-4711-1.png"))
    assert _digests(root, tmp_path, steps=(again := [])) == first
    assert (len(decoded), again) == (5, [5])


def test_a_changed_file_is_decoded_again(root: Path, tmp_path: Path, decoded: list[str]) -> None:
    first = _digests(root, tmp_path)
    file = root / "scan-4711-2.png"
    Image.new("RGB", (6, 4), "blue").save(file)
    os.utime(file, ns=(1, 1))
    decoded.clear()
    second = _digests(root, tmp_path)
    assert decoded == [file.name]
    assert [ref.path for key, ref in first if first[key, ref] != second[key, ref]] == [file.name]


def test_another_preparation_is_another_image(root: Path, tmp_path: Path, decoded: list[str]) -> None:
    _digests(root, tmp_path)
    small = _digests(root, tmp_path, ImagePreparation(3, "none"))
    assert len(decoded) == 10
    loader = ImageLoader({"s": root}, ImagePreparation(3, "none"))
    part = loader.load("s", ImageRef("scan-4711-0.png"))
    assert (part.image.size, digest(part.image)) == ((3, 2), small["s", ImageRef("scan-4711-0.png")])


def test_the_memory_holds_no_path_and_no_id(root: Path, tmp_path: Path) -> None:
    _digests(root, tmp_path)
    content = (tmp_path / "digests.sqlite").read_bytes()
    for name in (b"patient", b"0815", b"scan", b"4711", b"png"):
        assert name not in content
    with closing(sqlite3.connect(tmp_path / "digests.sqlite")) as database:
        rows = database.execute("SELECT * FROM image").fetchall()
    assert len(rows) == 10  # the bytes of five images, and their prepared pixels
    assert all(len(cell) == 64 and set(cell) <= set("0123456789abcdef") for row in rows for cell in row)


def test_what_was_done_before_a_fault_stays(
    root: Path, tmp_path: Path, decoded: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(images, "CHUNK", 1)
    whole = (root / "scan-4711-2.png").read_bytes()
    (root / "scan-4711-2.png").write_bytes(whole[:50])
    with pytest.raises(DataError):
        _digests(root, tmp_path)
    (root / "scan-4711-2.png").write_bytes(whole)
    decoded.clear()
    assert len(_digests(root, tmp_path)) == 5
    assert decoded == ["scan-4711-2.png", "stack.npy", "stack.npy"]


def test_a_file_that_is_gone(root: Path, tmp_path: Path) -> None:
    (root / "scan-4711-0.png").unlink()
    with pytest.raises(DataError) as caught:
        _digests(root, tmp_path)
    assert caught.value.code == "MB601"


def test_a_damaged_memory_costs_time_only(root: Path, tmp_path: Path, decoded: list[str]) -> None:
    first = _digests(root, tmp_path)
    (tmp_path / "digests.sqlite").write_bytes(b"not a database" * 100)
    assert _digests(root, tmp_path) == first
    assert len(decoded) == 10


def test_an_address_is_of_the_bytes_and_needs_no_decoding(
    root: Path, tmp_path: Path, decoded: list[str]
) -> None:
    loader = ImageLoader({"s": root}, PLAIN)
    found = image_addresses(loader, ROWS, tmp_path, lambda _: None)
    data = (root / "scan-4711-0.png").read_bytes()
    assert found["s", ImageRef("scan-4711-0.png")] == hashlib.sha256(data).hexdigest()
    assert len(set(found.values())) == 5 and not decoded
    assert loader.load("s", ImageRef("stack.npy", 1)).digest == found["s", ImageRef("stack.npy", 1)]


def test_what_a_model_was_shown_is_not_decoded_again(root: Path, tmp_path: Path, decoded: list[str]) -> None:
    loader = ImageLoader({"s": root}, PLAIN)
    image_addresses(loader, ROWS, tmp_path, lambda _: None)
    assert known_digests(loader, ROWS, tmp_path) is None
    for row in ROWS:
        for ref in row.images:
            loader.load(row.source, ref)
    decoded.clear()
    shown = known_digests(loader, ROWS, tmp_path)
    later = ImageLoader({"s": root}, PLAIN)
    image_addresses(later, ROWS, tmp_path, lambda _: None)
    assert shown is not None and known_digests(later, ROWS, tmp_path) == shown and not decoded
    assert _digests(root, tmp_path / "elsewhere") == shown


def test_another_decoder_decodes_again(root: Path, tmp_path: Path, decoded: list[str], monkeypatch) -> None:
    _digests(root, tmp_path)
    monkeypatch.setattr(images, "DECODER", "another")
    _digests(root, tmp_path)
    assert len(decoded) == 10
