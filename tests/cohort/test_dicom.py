"""DICOM: the films shipped with pydicom, against pydicom's own transforms and numpy by hand."""

from __future__ import annotations

import shutil
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pydicom
import pytest
from PIL import Image
from pydicom.data import get_testdata_file
from pydicom.dataset import Dataset, FileMetaDataset
from pydicom.pixels import apply_color_lut, apply_modality_lut, apply_voi_lut
from pydicom.uid import ExplicitVRLittleEndian, SecondaryCaptureImageStorage

from medbench.cohort.decode import decode
from medbench.errors import DataError


@pytest.fixture(autouse=True)
def quiet():
    """pydicom warns of its broken test files, and data that are not there must not be downloaded."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def shipped(name: str) -> Path:
    path = get_testdata_file(name, download=False)
    assert path is not None, f"{name}: pip install pydicom-data"
    return Path(path)


def grey(path: Path) -> np.ndarray:
    pixels = np.asarray(decode(path))
    assert pixels.dtype == np.uint8 and (pixels == pixels[..., :1]).all()
    return pixels[..., 0]


def fault(path: Path) -> DataError:
    with pytest.raises(DataError) as caught:
        decode(path)
    assert caught.value.where == str(path)
    return caught.value


def written(folder: Path, pixels: np.ndarray, **values: object) -> Path:
    """A DICOM file with one grey image of 16 bits."""
    dataset = Dataset()
    dataset.file_meta = FileMetaDataset()
    dataset.file_meta.TransferSyntaxUID = ExplicitVRLittleEndian
    dataset.file_meta.MediaStorageSOPClassUID = SecondaryCaptureImageStorage
    dataset.file_meta.MediaStorageSOPInstanceUID = dataset.SOPInstanceUID = "1.2.3"
    dataset.SOPClassUID = SecondaryCaptureImageStorage
    dataset.Rows, dataset.Columns = pixels.shape
    dataset.SamplesPerPixel, dataset.PhotometricInterpretation = 1, "MONOCHROME2"
    dataset.BitsAllocated, dataset.BitsStored, dataset.HighBit = 16, 16, 15
    dataset.PixelRepresentation = int(pixels.dtype == np.int16)
    dataset.PixelData = pixels.tobytes()
    for name, value in values.items():
        setattr(dataset, name, value)
    dataset.save_as(folder / "made", enforce_file_format=True)
    return folder / "made"


RAMP = np.arange(4096, dtype=np.uint16).reshape(64, 64)


@pytest.mark.parametrize("name", ["RG1_UNCR.dcm", "RG1_J2KR.dcm", "RG3_UNCR.dcm", "RG3_J2KR.dcm"])
def test_real_films_with_white_zero_are_inverted(name: str) -> None:
    """A chest of 15 bits and a tibia of 10, both MONOCHROME1: pydicom's window, then 255 minus it."""
    dataset = pydicom.dcmread(shipped(name))
    assert dataset.PhotometricInterpretation == "MONOCHROME1"
    # as float32: pydicom's window of a float array keeps fractions
    by_pydicom = apply_voi_lut(dataset.pixel_array.astype(np.float32), dataset)
    expected = 255 - by_pydicom * 255 / (2**dataset.BitsStored - 1)
    found = grey(shipped(name))
    assert np.abs(found - expected).max() < 0.51
    assert len(np.unique(found)) > 200
    # bone absorbs: spine and tibia are bright, lung and air beside the leg are dark
    height, width = found.shape
    row, dark, bright = (0.24, 0.68, 0.5) if name.startswith("RG1") else (0.4, 0.3, 0.46)
    patch = [found[int(row * height) :, int(column * width) :][:40, :40].mean() for column in (dark, bright)]
    assert patch[0] + 30 < patch[1]


WINDOWED = [
    "MR_small.dcm",
    "693_UNCR.dcm",
    "MR2_UNCR.dcm",
    "J2K_pixelrep_mismatch.dcm",
    "examples_overlay.dcm",
]


@pytest.mark.parametrize("name", WINDOWED)
def test_rescale_and_the_first_window(name: str) -> None:
    dataset = pydicom.dcmread(shipped(name))
    values = apply_modality_lut(dataset.pixel_array, dataset).astype(np.float64)
    centre = dataset.WindowCenter if np.isscalar(dataset.WindowCenter) else dataset.WindowCenter[0]
    width = dataset.WindowWidth if np.isscalar(dataset.WindowWidth) else dataset.WindowWidth[0]
    centre, width = float(centre), float(width)
    expected = np.interp(values, [centre - 0.5 - (width - 1) / 2, centre - 0.5 + (width - 1) / 2], [0, 255])
    assert np.abs(grey(shipped(name)) - expected).max() < 0.51


def test_a_look_up_table_for_display_goes_before_windows() -> None:
    dataset = pydicom.dcmread(shipped("vlut_04.dcm"))
    shown = apply_voi_lut(dataset.pixel_array, dataset)
    bits = dataset.VOILUTSequence[0].LUTDescriptor[2]
    assert np.abs(grey(shipped("vlut_04.dcm")) - shown * 255.0 / (2**bits - 1)).max() < 0.51


def test_a_look_up_table_that_is_no_line(tmp_path: Path) -> None:
    table = Dataset()
    table.LUTDescriptor = [4, 0, 12]
    table.LUTData = np.array([4095, 0, 2048, 100], "<u2").tobytes()
    pixels = np.array([[0, 1], [2, 3]], np.uint16)
    path = written(tmp_path, pixels, VOILUTSequence=[table], WindowCenter=2, WindowWidth=4)
    assert grey(path).tolist() == [[255, 0], [128, 6]]


def test_twelve_bits_of_colour_in_sixteen(tmp_path: Path) -> None:
    pixels = np.array([[[0, 2048, 4095]]], np.uint16)
    values = {"SamplesPerPixel": 3, "PhotometricInterpretation": "RGB", "PlanarConfiguration": 0}
    path = written(
        tmp_path, pixels[..., 0], **values, BitsStored=12, HighBit=11, PixelData=pixels.tobytes() + b""
    )
    assert np.asarray(decode(path)).tolist() == [[[0, 128, 255]]]


def test_a_look_up_table_of_the_modality_and_no_window() -> None:
    dataset = pydicom.dcmread(shipped("mlut_18.dcm"))
    values = apply_modality_lut(dataset.pixel_array, dataset).astype(np.float64)
    expected = (values - values.min()) / np.ptp(values) * 255
    assert np.abs(grey(shipped("mlut_18.dcm")) - expected).max() < 0.51


def test_twelve_bits_keep_their_grey_levels(tmp_path: Path) -> None:
    for values in (
        {},
        {"WindowCenter": 2048, "WindowWidth": 4096},
        {"PhotometricInterpretation": "MONOCHROME1"},
    ):
        found = grey(written(tmp_path, RAMP, BitsStored=12, HighBit=11, **values))
        assert len(np.unique(found)) == 256
    assert (found[0, 0], found[-1, -1]) == (255, 0)


def test_no_window_is_lowest_to_highest(tmp_path: Path) -> None:
    hounsfield = np.array([[-1000, 0], [500, 1000]], np.int16)
    assert grey(written(tmp_path, hounsfield)).tolist() == [[0, 128], [191, 255]]


@pytest.mark.parametrize(("function", "level"), [("LINEAR", 255), ("LINEAR_EXACT", 191), ("SIGMOID", 186)])
def test_the_function_of_the_window(tmp_path: Path, function: str, level: int) -> None:
    """By hand from PS3.3 C.11.2.1: centre 4, width 4, at 5."""
    pixels = np.array([[0, 4], [5, 9]], np.uint16)
    found = grey(written(tmp_path, pixels, WindowCenter=4, WindowWidth=4, VOILUTFunction=function))
    # (5 - 3.5) / 3 + 0.5 = 1; (5 - 4) / 4 + 0.5 = 0.75; 1 / (1 + exp(-1)) = 0.731
    assert found[1, 0] == level


@pytest.mark.parametrize("window", [(9000, 10), (2048, 0), (2048, -5), (None, 100), ([], []), (2048, 1)])
def test_an_impossible_window_counts_as_none(tmp_path: Path, window: tuple[object, object]) -> None:
    plain = grey(written(tmp_path, RAMP)).copy()
    found = grey(written(tmp_path, RAMP, WindowCenter=window[0], WindowWidth=window[1]))
    assert np.array_equal(found, plain)


def test_of_several_windows_the_first(tmp_path: Path) -> None:
    one = grey(written(tmp_path, RAMP, WindowCenter=1000, WindowWidth=500)).copy()
    several = grey(written(tmp_path, RAMP, WindowCenter=[1000, 2000], WindowWidth=[500, 4000]))
    assert np.array_equal(one, several)


@pytest.mark.parametrize("polarity", ["MONOCHROME1", "MONOCHROME2"])
def test_padding_is_black_and_out_of_the_range(tmp_path: Path, polarity: str) -> None:
    pixels = np.array([[-2000, 100], [160, 200]], np.int16)
    values = {"PhotometricInterpretation": polarity, "PixelPaddingValue": -2000}
    found = grey(written(tmp_path, pixels, **values))
    assert found.tolist() == ([[0, 255], [102, 0]] if polarity == "MONOCHROME1" else [[0, 0], [153, 255]])
    all_padding = {**values, "PixelPaddingRangeLimit": 200}
    assert grey(written(tmp_path, pixels, **all_padding)).max() == 0


def test_a_flat_image_is_black_and_no_division_by_zero(tmp_path: Path) -> None:
    with np.errstate(all="raise"):
        assert grey(written(tmp_path, np.full((4, 4), 7, np.uint16))).max() == 0


COLOURS = ["SC_rgb.dcm", "color-pl.dcm", "color-px.dcm", "US1_UNCR.dcm", "ExplVR_BigEnd.dcm"]


@pytest.mark.parametrize("name", COLOURS)
def test_colour_is_as_stored(name: str) -> None:
    assert np.array_equal(np.asarray(decode(shipped(name))), pydicom.dcmread(shipped(name)).pixel_array)


@pytest.mark.parametrize("name", ["SC_rgb_16bit.dcm", "SC_rgb_32bit.dcm", "SC_rgb_rle_16bit.dcm"])
def test_deep_colour_is_scaled_by_what_it_can_hold(name: str) -> None:
    eight = np.asarray(decode(shipped("SC_rgb.dcm"))).astype(int)
    assert np.abs(np.asarray(decode(shipped(name))).astype(int) - eight).max() <= 1


def test_luminance_and_chroma_become_rgb() -> None:
    """PS3.3 C.7.6.3.1.2, by the matrix of Pillow, which we did not write either."""
    stored = pydicom.dcmread(shipped("SC_ybr_full_uncompressed.dcm"))
    raw = np.frombuffer(stored.PixelData, np.uint8).reshape(100, 100, 3)
    expected = np.asarray(Image.fromarray(raw, "YCbCr").convert("RGB")).astype(int)
    found = np.asarray(decode(shipped("SC_ybr_full_uncompressed.dcm"))).astype(int)
    assert np.abs(found - expected).max() <= 1


@pytest.mark.parametrize("name", ["OBXXXX1A.dcm", "OBXXXX1A_expb.dcm", "OBXXXX1A_rle.dcm"])
def test_palettes_in_either_byte_order(name: str) -> None:
    dataset = pydicom.dcmread(shipped("OBXXXX1A.dcm"))
    expected = apply_color_lut(dataset.pixel_array, dataset) / 65535 * 255
    assert np.abs(np.asarray(decode(shipped(name))) - expected).max() <= 1.5


def test_lossless_compression_gives_the_same_pixels() -> None:
    for plain, packed in (
        ("MR_small.dcm", "MR_small_RLE.dcm"),
        ("MR_small.dcm", "MR_small_jp2klossless.dcm"),
    ):
        assert np.array_equal(grey(shipped(plain)), grey(shipped(packed)))


def test_a_file_without_extension_is_known_by_its_content(tmp_path: Path) -> None:
    shutil.copy(shipped("MR_small.dcm"), tmp_path / "001")
    assert np.array_equal(grey(tmp_path / "001"), grey(shipped("MR_small.dcm")))


REFUSED = [
    ("emri_small.dcm", "MB665", "10 frames", "a file of its own"),
    ("rtdose.dcm", "MB665", "15 frames", "a file of its own"),
    ("MR_small_jpeg_ls_lossless.dcm", "MB666", "JPEG-LS Lossless", "pip install python-gdcm"),
    ("JPEG-LL.dcm", "MB666", "JPEG Lossless", "pip install python-gdcm"),
    ("JPGExtended.dcm", "MB666", "JPEG Extended", "pip install python-gdcm"),
    ("image_dfl.dcm", "MB666", "deflated", "without compression"),
    ("rtplan.dcm", "MB668", "no image", ""),
    ("waveform_ecg.dcm", "MB668", "no image", ""),
    ("test-SR.dcm", "MB668", "no image", ""),
    ("MR_truncated.dcm", "MB607", "truncated or damaged", ""),
    ("badVR.dcm", "MB607", "truncated or damaged", ""),
    ("SC_rgb_jpeg.dcm", "MB607", "truncated or damaged", ""),
    ("meta_missing_tsyntax.dcm", "MB607", "truncated or damaged", ""),
    ("no_meta.dcm", "MB607", "unreadable", ""),
    ("ExplVR_LitEndNoMeta.dcm", "MB607", "unreadable", ""),
]


@pytest.mark.parametrize(("name", "code", "said", "hint"), REFUSED)
def test_what_is_no_single_whole_image(name: str, code: str, said: str, hint: str) -> None:
    found = fault(shipped(name))
    assert found.code == code and said in found.message and hint in found.hint


def test_every_file_of_pydicom_is_an_image_or_an_error_with_a_code() -> None:
    folder = Path(pydicom.__file__).parent / "data" / "test_files"
    files = [file for file in sorted(folder.rglob("*")) if file.is_file() and file.suffix != ".py"]
    codes = []
    for file in files:
        try:
            assert decode(file).mode == "RGB"
            codes.append("")
        except DataError as error:
            codes.append(error.code)
    assert len(files) > 150 and codes.count("") > 60
    assert set(codes) == {"", "MB607", "MB665", "MB666", "MB668"}


@pytest.mark.parametrize("name", ["RG3_UNCR.dcm", "RG3_J2KR.dcm", "MR_small_RLE.dcm", "SC_rgb.dcm"])
def test_never_half_an_image(tmp_path: Path, name: str) -> None:
    whole, cut = shipped(name).read_bytes(), tmp_path / "cut.dcm"
    expected = np.asarray(decode(shipped(name)))
    for share in (0.02, 0.3, 0.6, 0.9, 0.99):
        cut.write_bytes(whole[: int(len(whole) * share)])
        try:
            assert np.array_equal(np.asarray(decode(cut)), expected)
        except DataError as error:
            assert error.code in {"MB607", "MB668"}


def test_a_bomb_is_refused_by_its_header(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("medbench.cohort.decode.MAX_PIXELS", 4095)
    monkeypatch.setattr("pydicom.pixels.pixel_array", lambda *_: pytest.fail("pixels were decoded"))
    assert fault(shipped("MR_small.dcm")).code == "MB608"


def test_a_colour_that_is_not_known(tmp_path: Path) -> None:
    assert fault(written(tmp_path, RAMP, PhotometricInterpretation="HSV")).code == "MB668"


def test_without_pydicom_the_error_has_the_line_that_installs_it() -> None:
    script = (
        "import sys; sys.modules['pydicom'] = None\n"
        "from pathlib import Path\nfrom medbench.cohort.decode import decode\n"
        "from medbench.errors import DataError\n"
        f"try: decode(Path({str(shipped('MR_small.dcm'))!r}))\n"
        "except DataError as e: print(e.code, e.hint)"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "MB667 pip install 'medbench[dicom]'"


def test_warnings_of_pydicom_stay_silent_because_they_quote_values(tmp_path: Path) -> None:
    path = written(tmp_path, RAMP, SpecificCharacterSet="Smith", PatientName="x")
    script = (
        f"from pathlib import Path\nfrom medbench.cohort.decode import decode\ndecode(Path({str(path)!r}))"
    )
    done = subprocess.run([sys.executable, "-W", "default", "-c", script], capture_output=True, text=True)
    assert done.returncode == 0 and "Smith" not in done.stderr
