"""Wrong editions by size, depth and name; checksums of the files that lie there."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.cohort import ImageRef
from medbench.cohort.checks import checksums
from medbench.cohort.checks.checksums import checksum_findings
from medbench.cohort.checks.editions import EDITIONS, edition_findings
from medbench.cohort.checks.image_facts import ImageFacts
from medbench.cohort.sources import READERS


def _facts(source: str, *shapes: tuple[int, int, int, int]) -> dict:
    return {
        (source, ImageRef(str(i))): ImageFacts(str(i), i, width, height, depth, channels)
        for i, (width, height, depth, channels) in enumerate(shapes)
    }


GOOD = {
    "nct-crc-he-100k": (224, 224, 8, 3),
    "crc-val-he-7k": (224, 224, 8, 3),
    "pannuke": (256, 256, 8, 3),
    "ham10000": (600, 450, 8, 3),
    "isic-2018-task3": (600, 450, 8, 3),
    "siim-isic-2020": (6000, 4000, 8, 3),
    "eyepacs-2015": (4752, 3168, 8, 3),
    "aptos-2019": (4288, 2848, 8, 3),
    "airogs": (1934, 1960, 8, 3),
    "padchest": (612, 636, 16, 1),
}
BAD = {
    "nct-crc-he-100k": [(28, 28, 8, 3), (224, 224, 8, 1)],
    "crc-val-he-7k": [(96, 96, 8, 3), (224, 224, 16, 3)],
    "pannuke": [(128, 128, 8, 3)],
    "ham10000": [(1024, 1024, 8, 3), (450, 600, 8, 3)],
    "isic-2018-task3": [(1024, 768, 8, 3)],
    "siim-isic-2020": [(640, 480, 8, 1)],
    "padchest": [(2000, 2000, 8, 1), (224, 224, 16, 1), (2000, 2000, 16, 3)],
}


def test_every_rule_is_about_a_source_that_is_there() -> None:
    assert set(EDITIONS) == set(GOOD) <= set(READERS)


@pytest.mark.parametrize("source", GOOD)
def test_what_the_provider_ships_is_no_warning(source: str, tmp_path: Path) -> None:
    facts = _facts(source, GOOD[source], GOOD[source])
    assert not list(edition_findings(source, tmp_path, facts, synthetic=False))


@pytest.mark.parametrize(("source", "shape"), [(s, shape) for s, shapes in BAD.items() for shape in shapes])
def test_another_edition_is_a_warning_that_says_what_was_found(source, shape, tmp_path: Path) -> None:
    facts = _facts(source, GOOD[source], shape)
    found = list(edition_findings(source, tmp_path, facts, synthetic=False))
    assert {(f.check, f.severity, f.count) for f in found} == {("edition", "warning", 1)}
    assert all("1 of 2 images are not" in f.message for f in found)
    assert f"found: {shape[0]} x {shape[1]} {shape[2]}-bit" in found[0].message
    assert not list(edition_findings(source, tmp_path, facts, synthetic=True))


@pytest.mark.parametrize("source", ["eyepacs-2015", "airogs", "aptos-2019"])
def test_one_size_for_all_means_a_resized_copy(source: str, tmp_path: Path) -> None:
    same = _facts(source, *[(512, 300 + i, 8, 3) for i in range(20)])
    (found,) = edition_findings(source, tmp_path, same, synthetic=False)
    assert "all 20 images have a longest side of 512 pixels" in found.message
    varied = _facts(source, *[(512 + i, 300, 8, 3) for i in range(20)])
    assert not list(edition_findings(source, tmp_path, varied, synthetic=False))


def test_a_format_that_tells_no_depth_is_not_suspected(tmp_path: Path) -> None:
    assert not list(edition_findings("padchest", tmp_path, _facts("padchest", (700, 700, 0, 0)), False))


def test_a_folder_of_tiles_without_colour_normalisation(tmp_path: Path) -> None:
    (tmp_path / "NCT-CRC-HE-100K").mkdir()
    assert not list(edition_findings("nct-crc-he-100k", tmp_path, {}, synthetic=False))
    (tmp_path / "nct-crc-he-100k-nonorm").mkdir()
    (found,) = edition_findings("nct-crc-he-100k", tmp_path, {}, synthetic=False)
    assert "NONORM" in found.message


@pytest.mark.parametrize("inside", [True, False])
def test_a_link_to_tiles_without_colour_normalisation(tmp_path: Path, inside: bool) -> None:
    (tmp_path / "shelf" / "NCT-CRC-HE-100K-NONORM").mkdir(parents=True)
    root = tmp_path / "nct-crc-he-100k"
    link = root / "NCT-CRC-HE-100K" if inside else root
    link.parent.mkdir(exist_ok=True)
    link.symlink_to(tmp_path / "shelf" / "NCT-CRC-HE-100K-NONORM")
    (found,) = edition_findings("nct-crc-he-100k", root, {}, synthetic=False)
    assert "NONORM" in found.message


class Silent:
    def stage(self, what: str, total: int) -> None: ...

    def step(self, n: int) -> None: ...


@pytest.mark.parametrize("beside", [True, False])
def test_a_zip_with_another_checksum(tmp_path: Path, monkeypatch, beside: bool) -> None:
    root = tmp_path / "data" / "nct-crc-he-100k"
    root.mkdir(parents=True)

    def found() -> list[tuple[str, str]]:
        findings = checksum_findings("nct-crc-he-100k", root, tmp_path / "cache", Silent())
        return [(f.severity, f.message) for f in findings]

    assert not found()
    file = (root.parent if beside else root) / "NCT-CRC-HE-100K.zip"
    file.write_bytes(b"abc")
    (once,) = found()
    # RFC 1321 gives the digest of "abc"
    assert once[0] == "error" and "900150983cd24fb0d6963f7d28e17f72" in once[1]
    monkeypatch.setattr(checksums, "NONORM", "900150983cd24fb0d6963f7d28e17f72")
    assert "NONORM" in found()[0][1]
    monkeypatch.setitem(
        checksums.MD5, "nct-crc-he-100k", {"NCT-CRC-HE-100K.zip": "900150983cd24fb0d6963f7d28e17f72"}
    )
    assert not found()


def test_another_copy_of_a_table_is_a_warning(tmp_path: Path) -> None:
    (name,) = checksums.MD5["padchest"]
    (tmp_path / name).write_text("other")
    (found,) = checksum_findings("padchest", tmp_path, tmp_path / "cache", Silent())
    assert (found.check, found.severity) == ("checksum", "warning")
