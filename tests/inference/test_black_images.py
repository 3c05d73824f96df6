"""Images that are black throughout are counted, decoded now or remembered, and a run says how many."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from PIL import Image

import medbench
from medbench.cohort import CohortRow, ImageRef
from medbench.inference import ImageLoader, image_digests
from medbench.spec import ImagePreparation


def test_they_are_counted_and_remembered(tmp_path: Path) -> None:
    for name, colour in {"a": "black", "b": "black", "c": "red"}.items():
        Image.new("RGB", (4, 4 + ord(name)), colour).save(tmp_path / f"{name}.png")
    rows = [CohortRow("test", i, "s", (ImageRef(f"{n}.png"),), i, 0, {}) for i, n in enumerate("abc")]
    loader = ImageLoader({"s": tmp_path}, ImagePreparation(1024, "image-max"))
    first, again = (image_digests(loader, rows, tmp_path / "cache", lambda _: None) for _ in range(2))
    assert (first.black, again.black) == (2, 2)
    assert first == again and all(len(digest) == 64 for digest in first.values())


def test_a_run_says_how_many(sample_root: Path, tmp_path: Path) -> None:
    shutil.copytree(sample_root / "siim-isic-2020", tmp_path / "data" / "siim-isic-2020")
    for number, file in enumerate(sorted((tmp_path / "data").rglob("*.jpg"))[:2]):
        # of two sizes: equal images in train and test would be refused
        Image.new("RGB", (8, 8 + number)).save(file)
    result = medbench.run(
        "majority",
        tasks="T4",
        data_root=tmp_path / "data",
        output=tmp_path / "runs",
        cache_dir=tmp_path / "c",
    )
    assert result.exit_code == 0
    log = [json.loads(line) for line in (result.run_dir / "log.jsonl").read_text().splitlines()]
    assert [line["black_images"] for line in log if line["event"] == "warning"] == [2]
