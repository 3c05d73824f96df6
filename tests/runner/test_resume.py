"""An interrupted run, typed again, ends with the records of an undisturbed one; nothing is computed twice."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import time
from pathlib import Path

import medbench
from medbench.record import read_record

VOLATILE = ("created", "cost")


def _line(root: Path, checkpoint: Path, place: Path) -> list[str]:
    line = [
        sys.executable,
        "-m",
        "medbench",
        "run",
        "--model",
        "idefics-9b",
        "--task",
        "T7",
        "--task",
        "NEJM",
    ]
    line += ["--model-args", f"path={checkpoint}", "--data-root", str(root)]
    return [*line, "--output", str(place / "runs"), "--cache-dir", str(place / "cache"), "--json"]


def _shards(place: Path) -> list[Path]:
    return [f for f in (place / "cache" / "store").glob("*/*.json") if f.name != "key.json"]


def _comparable(path: str) -> dict[str, object]:
    value = json.loads(Path(path).read_text())
    return {key: item for key, item in value.items() if key not in VOLATILE}


def test_interrupt_and_the_same_line_again(sample_root: Path, tiny_idefics: Path, tmp_path: Path) -> None:
    disturbed, calm = tmp_path / "disturbed", tmp_path / "calm"
    line = _line(sample_root, tiny_idefics, disturbed)
    process = subprocess.Popen(line, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 120
    while not _shards(disturbed) and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=30)
    assert process.returncode == 130, error
    assert "Traceback" not in error
    finished = {shard: shard.stat().st_mtime_ns for shard in _shards(disturbed)}
    assert finished
    assert not list(disturbed.rglob("record.json"))

    again = subprocess.run(line, capture_output=True, text=True, check=True)
    assert {shard: shard.stat().st_mtime_ns for shard in finished} == finished, (
        "a finished shard was made again"
    )
    undisturbed = subprocess.run(
        _line(sample_root, tiny_idefics, calm), capture_output=True, text=True, check=True
    )
    ours, theirs = json.loads(again.stdout)["records"], json.loads(undisturbed.stdout)["records"]
    assert len(ours) == len(theirs) == 2
    assert list(map(_comparable, ours)) == list(map(_comparable, theirs))
    for mine, other in zip(ours, theirs, strict=True):
        for name in ("predictions.parquet", "replicates.safetensors"):
            assert (Path(mine).parent / name).read_bytes() == (Path(other).parent / name).read_bytes()


def test_a_finished_run_typed_again_loads_no_model(baseline_run, sample_root: Path, cache: Path) -> None:
    before = {path: path.read_bytes() for path in baseline_run.records}
    result = medbench.run(
        ["image-stats", "random", "majority"],
        suite="all",
        data_root=sample_root,
        output=baseline_run.run_dir.parent,
        cache_dir=cache,
    )
    assert result.run_dir == baseline_run.run_dir
    assert {path: path.read_bytes() for path in result.records} == before


def test_another_run_takes_activations_from_the_store(
    baseline_run, sample_root: Path, cache: Path, tmp_path: Path
) -> None:
    result = medbench.run("image-stats", tasks="T4", data_root=sample_root, output=tmp_path, cache_dir=cache)
    record = read_record(result.records[0]).value
    assert record["cost"]["rows_computed"] == 0


def test_a_damaged_shard_is_made_again(sample_root: Path, tmp_path: Path) -> None:
    options = {"tasks": "T2", "data_root": sample_root, "cache_dir": tmp_path / "c"}
    first = medbench.run("random", output=tmp_path / "a", **options)
    shard = sorted((tmp_path / "c" / "store").rglob("*.safetensors"))[0]
    data = bytearray(shard.read_bytes())
    data[-1] ^= 1
    shard.write_bytes(bytes(data))
    second = medbench.run("random", output=tmp_path / "b", **options)
    ours, theirs = read_record(first.records[0]).value, read_record(second.records[0]).value
    assert theirs["cost"]["rows_computed"] > 0
    assert ours["metrics"] == theirs["metrics"]
    assert "damaged" in (second.run_dir / "log.jsonl").read_text()


def test_changed_images_never_keep_an_old_record(sample_root: Path, tmp_path: Path) -> None:
    import shutil

    import numpy as np
    from PIL import Image

    root = tmp_path / "data"
    shutil.copytree(sample_root / "siim-isic-2020", root / "siim-isic-2020")
    options = {"tasks": "T4", "data_root": root, "output": tmp_path / "r", "cache_dir": tmp_path / "c"}
    first = read_record(medbench.run("image-stats", **options).records[0]).value
    noise = np.random.default_rng(1)
    for file in root.rglob("*.jpg"):
        Image.fromarray(noise.integers(0, 255, (20, 20, 3), dtype=np.uint8)).save(file)
    second = read_record(medbench.run("image-stats", **options).records[0]).value
    assert first["cohort"]["digest"] == second["cohort"]["digest"]
    assert first["cohort"]["content_digest"] != second["cohort"]["content_digest"]
    assert first["metrics"] != second["metrics"]


def test_damaged_predictions_are_written_again(sample_root: Path, tmp_path: Path) -> None:
    options = {"tasks": "T2", "data_root": sample_root, "output": tmp_path / "r", "cache_dir": tmp_path / "c"}
    file = medbench.run("random", **options).records[0].parent / "predictions.parquet"
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    medbench.run("random", **options)
    assert file.read_bytes() == whole
