"""Decoding: what arrives is RGB in eight bits with nothing clipped, or an error that names the fault."""

from __future__ import annotations

import shutil
import struct

import numpy as np
import pytest
from PIL import Image, ImageFile

from medbench.cohort.decode import decode, digest, is_black, prepare
from medbench.errors import DataError


def fault(path, index=None):
    with pytest.raises(DataError) as caught:
        decode(path, index)
    assert caught.value.where == str(path)
    return caught.value.code


@pytest.mark.parametrize("top", [1023, 4095, 65535])
def test_deep_grey_is_scaled_by_its_own_maximum(tmp_path, top):
    ramp = np.linspace(0, top, 4096).astype(np.uint16).reshape(64, 64)
    Image.fromarray(ramp).save(tmp_path / "deep.png")
    pixels = np.asarray(decode(tmp_path / "deep.png"))
    assert pixels.shape == (64, 64, 3)
    assert (pixels.min(), pixels.max()) == (0, 255)
    assert len(np.unique(pixels)) > 200


def test_padchest_sample_keeps_its_grey_levels(sample_root):
    files = sorted((sample_root / "padchest" / "54").glob("*.png"))[:20]
    assert all(Image.open(file).mode in {"I;16", "I"} for file in files)
    # the lead marker holds 255, the noise below it spreads over many levels
    assert all(len(np.unique(np.asarray(decode(file)))) > 80 for file in files)


def test_black_deep_image_stays_black(tmp_path):
    Image.fromarray(np.zeros((5, 4), np.uint16)).save(tmp_path / "black.png")
    assert np.asarray(decode(tmp_path / "black.png")).max() == 0


@pytest.mark.parametrize("kind", [np.int16, np.int32, np.float32])
def test_values_below_zero_are_scaled_and_not_clipped(tmp_path, kind):
    Image.fromarray(np.array([[-1000, 0], [500, 1000]], kind)).save(tmp_path / "signed.tif")
    assert np.asarray(decode(tmp_path / "signed.tif"))[..., 0].tolist() == [[0, 128], [191, 255]]


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_values_that_are_not_finite_are_refused(tmp_path, value):
    Image.fromarray(np.array([[value, 1.0]], np.float32)).save(tmp_path / "float.tif")
    assert fault(tmp_path / "float.tif") == "MB607"


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_a_tiff_in_which_white_is_zero_is_inverted(tmp_path, kind):
    """TIFF 6.0, tag 262; written here byte by byte, since Pillow inverts while it writes."""
    pixels = np.array([[0, 51], [204, 255]], kind)
    entries = [(256, 2), (257, 2), (258, pixels.itemsize * 8), (259, 1), (262, 0), (273, 8), (277, 1)]
    entries += [(278, 2), (279, pixels.nbytes)]
    table = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in entries)
    head = struct.pack("<2sHI", b"II", 42, 8 + pixels.nbytes)
    ending = struct.pack("<H", len(entries)) + table + bytes(4)
    (tmp_path / "white.tif").write_bytes(head + pixels.tobytes() + ending)
    assert np.asarray(decode(tmp_path / "white.tif"))[..., 0].tolist() == [[255, 204], [51, 0]]


def test_black_is_told(tmp_path):
    assert is_black(Image.new("RGB", (3, 3)))
    assert not is_black(Image.fromarray(np.eye(3, dtype=np.uint8)).convert("RGB"))


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif", ".webp"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_every_exif_orientation_in_every_format(tmp_path, ending, orientation):
    """Exif 2.32, 4.6.4 A: the corner that is first in the file, and where it belongs."""
    stored = Image.new("RGB", (32, 16), "black")
    stored.paste("white", (0, 0, 16, 8))
    exif = stored.getexif()
    exif[0x0112] = orientation
    stored.save(tmp_path / f"turned{ending}", exif=exif, quality=95)
    found = np.asarray(decode(tmp_path / f"turned{ending}"))[..., 0]
    assert found.shape == ((16, 32) if orientation < 5 else (32, 16))
    height, width = found.shape
    corners = [found[2, 2], found[2, width - 3], found[height - 3, width - 3], found[height - 3, 2]]
    expected = {1: 0, 2: 1, 3: 2, 4: 3, 5: 0, 6: 1, 7: 2, 8: 3}[orientation]
    assert int(np.argmax(corners)) == expected and sorted(corners)[-2] < 60


def test_of_several_pictures_in_a_file_the_first(tmp_path):
    frames = [Image.new("RGB", (4, 4), colour) for colour in ("red", "lime", "blue")]
    for name in ("film.gif", "film.webp", "pages.tif", "film.png"):
        options = {"lossless": True} if name == "film.webp" else {}
        frames[0].save(tmp_path / name, save_all=True, append_images=frames[1:], **options)
        assert decode(tmp_path / name).getpixel((1, 1)) == (255, 0, 0), name


def test_a_name_does_not_decide_what_a_file_is(tmp_path):
    Image.new("RGB", (2, 2), "red").save(tmp_path / "a.png")
    for name in ("a.jpg", "a", "a.dcm", "a.anything"):
        shutil.copy(tmp_path / "a.png", tmp_path / name)
        assert decode(tmp_path / name).getpixel((0, 0)) == (255, 0, 0)


def test_exif_orientation(tmp_path):
    image = Image.new("RGB", (6, 3), "black")
    exif = image.getexif()
    exif[0x0112] = 6
    image.save(tmp_path / "turned.jpg", exif=exif)
    assert decode(tmp_path / "turned.jpg").size == (3, 6)


def test_transparency_lies_over_white(tmp_path):
    image = Image.new("RGBA", (2, 1), (10, 20, 30, 0))
    image.putpixel((1, 0), (10, 20, 30, 255))
    image.save(tmp_path / "alpha.png")
    assert np.asarray(decode(tmp_path / "alpha.png")).tolist() == [[[255, 255, 255], [10, 20, 30]]]
    palette = Image.new("P", (2, 1), 0)
    palette.putpalette([1, 2, 3, 200, 100, 50])
    palette.putpixel((1, 0), 1)
    palette.save(tmp_path / "palette.png", transparency=0)
    assert np.asarray(decode(tmp_path / "palette.png")).tolist() == [[[255, 255, 255], [200, 100, 50]]]


OTHER_MODES = [("CMYK", "a.jpg"), ("L", "a.png"), ("1", "a.png"), ("LAB", "a.tif"), ("YCbCr", "a.tif")]


def test_colours_of_other_modes(tmp_path):
    """Red in each mode stays red."""
    for mode, colour, name in [
        ("CMYK", (0, 255, 255, 0), "a.tif"),
        ("CMYK", (0, 255, 255, 0), "a.jpg"),
        ("RGBA", (255, 0, 0, 255), "a.webp"),
        ("LA", (76, 255), "grey.png"),
    ]:
        Image.new(mode, (16, 16), colour).save(tmp_path / name)
        expected = (76, 76, 76) if mode == "LA" else (255, 0, 0)
        assert np.abs(np.array(decode(tmp_path / name).getpixel((8, 8))) - expected).max() <= 2, (mode, name)
    bits = Image.new("1", (4, 1))
    bits.putpixel((2, 0), 1)
    bits.save(tmp_path / "bits.png")
    assert np.asarray(decode(tmp_path / "bits.png"))[0, :, 0].tolist() == [0, 0, 255, 0]
    Image.new("P", (2, 1), 0).save(tmp_path / "palette.gif", transparency=0)
    assert decode(tmp_path / "palette.gif").getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(("mode", "name"), OTHER_MODES)
def test_other_modes_become_rgb(tmp_path, mode, name):
    Image.new(mode, (8, 8)).save(tmp_path / name)
    assert decode(tmp_path / name).mode == "RGB"


def test_eight_bit_grey_is_not_stretched(tmp_path):
    Image.new("L", (4, 4), 100).save(tmp_path / "grey.png")
    assert np.asarray(decode(tmp_path / "grey.png")).max() == 100


@pytest.mark.parametrize("ending", [".jpg", ".png", ".tif"])
def test_truncated_file_is_an_error_whatever_the_global_switch(tmp_path, monkeypatch, ending):
    path = tmp_path / f"cut{ending}"
    noise = np.random.default_rng(0).integers(0, 255, (64, 64, 3), dtype=np.uint8)
    Image.fromarray(noise).save(path)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)
    assert fault(path) == "MB607"


def test_not_an_image_and_not_there(tmp_path):
    (tmp_path / "a.dcm").write_bytes(b"\0" * 128 + b"DICM")
    assert fault(tmp_path / "a.dcm") == "MB607"
    assert fault(tmp_path / "gone.png") == "MB601"


def test_bomb_is_refused_before_it_is_decoded(tmp_path, monkeypatch):
    Image.new("L", (60, 60)).save(tmp_path / "bomb.png")
    monkeypatch.setattr("medbench.cohort.decode.MAX_PIXELS", 3599)
    assert fault(tmp_path / "bomb.png") == "MB608"
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 1000)
    assert fault(tmp_path / "bomb.png") == "MB608"


def test_stack_of_floats(tmp_path):
    stack = np.random.default_rng(0).integers(0, 256, (3, 5, 4, 3)).astype(np.float64)
    np.save(tmp_path / "images.npy", stack)
    image = decode(tmp_path / "images.npy", 1)
    assert np.array_equal(np.asarray(image), stack[1].astype(np.uint8))
    assert fault(tmp_path / "images.npy") == "MB609"
    assert fault(tmp_path / "images.npy", 3) == "MB609"
    assert fault(tmp_path / "none.npy", 0) == "MB601"


@pytest.mark.parametrize("value", [-1.0, 256.0, np.nan])
def test_stack_with_other_values_is_refused(tmp_path, value):
    np.save(tmp_path / "images.npy", np.full((1, 2, 2, 3), value))
    assert fault(tmp_path / "images.npy", 0) == "MB609"


def test_prepare_keeps_aspect_and_small_images():
    assert prepare(Image.new("RGB", (2000, 500)), 1024, "none").size == (1024, 256)
    assert prepare(Image.new("RGB", (3, 4000)), 1024, "none").size == (1, 1024)
    small = Image.new("RGB", (64, 48))
    assert prepare(small, 1024, "none") is small


def test_prepare_normalises_by_the_image_s_own_maximum():
    image = Image.new("RGB", (2, 2), (10, 25, 51))
    assert prepare(image, 64, "image-max").getpixel((0, 0)) == (50, 125, 255)
    assert prepare(image, 64, "none").getpixel((0, 0)) == (10, 25, 51)
    assert prepare(Image.new("RGB", (2, 2)), 64, "image-max").getextrema() == ((0, 0),) * 3


def test_digest_sees_pixels_size_and_mode():
    images = [Image.new("RGB", (4, 2)), Image.new("RGB", (2, 4)), Image.new("L", (8, 3))]
    images.append(Image.new("RGB", (4, 2), 1))
    assert len({digest(image) for image in images}) == 4
    assert digest(images[0]) == digest(images[0].copy())
