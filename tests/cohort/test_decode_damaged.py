"""Damaged bytes give an image or a DataError, never another exception; cut ones never half an image."""

from __future__ import annotations

import io
import warnings
from functools import cache
from pathlib import Path

import numpy as np
import pydicom
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from medbench.cohort.decode import decode
from medbench.errors import DataError

FORMATS = [
    ("PNG", {}), ("PNG", {"deep": True}), ("JPEG", {}), ("JPEG", {"progressive": True}),
    ("TIFF", {}), ("TIFF", {"deep": True}), ("TIFF", {"compression": "tiff_lzw"}),
    ("TIFF", {"compression": "tiff_adobe_deflate"}), ("TIFF", {"compression": "packbits"}),
    ("TIFF", {"compression": "jpeg"}), ("BMP", {}), ("GIF", {}), ("WEBP", {}), ("WEBP", {"lossless": True}),
    ("DICOM", {}), ("DICOM", {"name": "MR_small_RLE.dcm"}), ("DICOM", {"name": "MR_small_jp2klossless.dcm"}),
    ("DICOM", {"name": "SC_rgb_small_odd_jpeg.dcm"}),
]  # fmt: skip
PARTS = [pytest.param(i, id="-".join([name, *map(str, o.values())])) for i, (name, o) in enumerate(FORMATS)]
CODES = {"MB607", "MB608", "MB665", "MB666", "MB668"}
FUZZ = settings(
    max_examples=60,
    deadline=5000,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    derandomize=True,
)


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@cache
def whole(number: int) -> bytes:
    name, options = FORMATS[number]
    if name == "DICOM":
        folder = Path(pydicom.__file__).parent / "data" / "test_files"
        return (folder / options.get("name", "MR_small.dcm")).read_bytes()
    noise = np.random.default_rng(0).integers(0, 256, (40, 30, 3), dtype=np.uint8)
    image = Image.fromarray(noise[..., 0].astype(np.uint16) * 16 if "deep" in options else noise)
    stream = io.BytesIO()
    image.save(stream, name, **{k: v for k, v in options.items() if k != "deep"})
    return stream.getvalue()


def decoded(path: Path, data: bytes) -> np.ndarray | None:
    path.write_bytes(data)
    try:
        image = decode(path)
    except DataError as error:
        assert error.code in CODES
        return None
    assert image.mode == "RGB"
    return np.asarray(image)


@pytest.mark.parametrize("number", PARTS)
@FUZZ
@given(data=st.data())
def test_cut_anywhere(tmp_path: Path, number: int, data: st.DataObject) -> None:
    content = whole(number)
    length = data.draw(st.integers(0, len(content) - 1))
    found = decoded(tmp_path / "cut", content[:length])
    if found is not None:
        assert np.array_equal(found, decoded(tmp_path / "whole", content)), f"half an image at {length}"


@pytest.mark.parametrize("number", PARTS)
@FUZZ
@given(data=st.data())
def test_flipped_anywhere(tmp_path: Path, number: int, data: st.DataObject) -> None:
    content = bytearray(whole(number))
    # headers are where parsers go wrong, so half of the flips fall there
    place = st.one_of(st.integers(0, min(600, len(content) - 1)), st.integers(0, len(content) - 1))
    for where, value in data.draw(st.lists(st.tuples(place, st.integers(1, 255)), min_size=1, max_size=8)):
        content[where] ^= value
    decoded(tmp_path / "flipped", bytes(content))


HEADS = [b"\x89PNG\r\n\x1a\n", b"II*\0", b"\xff\xd8\xff", b"GIF89a", b"RIFF\x20\0\0\0WEBPVP8 ", b"BM"]
HEADS += [bytes(128) + b"DICM", b""]


@FUZZ
@given(data=st.binary(max_size=400), head=st.sampled_from(HEADS))
def test_any_bytes_after_a_known_beginning(tmp_path: Path, data: bytes, head: bytes) -> None:
    decoded(tmp_path / "any", head + data)
