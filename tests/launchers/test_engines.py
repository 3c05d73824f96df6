"""Runs shared by several processes end with the records and the stored bytes of one process alone."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("torch")

TASKS = ("--task", "T6", "--task", "T3")
"""Two shards each."""


def _line(root: Path, place: Path, *more: str) -> list[str]:
    return [
        "-m", "medbench", "run", "--model", "image-stats", *TASKS, "--data-root", str(root), "--no-config",
        "--output", str(place / "runs"), "--cache-dir", str(place / "cache"), "--json", *more,
    ]  # fmt: skip


def _run(argv: list[str], environment: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(argv, env=environment, capture_output=True, text=True, timeout=300, check=False)


def _records(place: Path) -> dict[str, Any]:
    """Records without what tells of the run alone."""
    found = {}
    for file in (place / "runs").rglob("record.json"):
        value = json.loads(file.read_text())
        found[value["task"]["id"]] = {
            key: of for key, of in value.items() if key not in ("created", "cost", "environment")
        }
    return found


def _stored(place: Path) -> dict[str, bytes]:
    files = (place / "cache" / "store").rglob("*")
    return {
        str(file.relative_to(place)): file.read_bytes()
        for file in files
        if file.is_file() and file.suffix in (".safetensors", ".json", ".jsonl")
    }


@pytest.fixture(scope="module")
def plain(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One process alone."""
    place = tmp_path_factory.mktemp("plain")
    done = _run([sys.executable, *_line(sample_root, place)])
    assert done.returncode == 0, done.stderr
    assert set(_records(place)) == {"T3", "T6"}
    return place


def _same(place: Path, plain: Path) -> None:
    assert _records(place) == _records(plain)
    assert _stored(place) == _stored(plain)


@pytest.mark.parametrize("replicas", ["2", "3"])
def test_local_replicas(sample_root: Path, tmp_path: Path, plain: Path, replicas: str) -> None:
    done = _run([sys.executable, *_line(sample_root, tmp_path, "--launch", "local", "--replicas", replicas)])
    assert done.returncode == 0, done.stderr
    log = next((tmp_path / "runs").glob("*/log.jsonl")).read_text()
    assert '"engine": "local"' in log and log.count('"event": "part"') >= 2
    _same(tmp_path, plain)


def test_parts_by_hand_and_then_the_same_line(sample_root: Path, tmp_path: Path, plain: Path) -> None:
    for part in ("1/2", "0/2"):
        done = _run([sys.executable, *_line(sample_root, tmp_path, "--shard-of", part)])
        assert done.returncode == 0 and not _records(tmp_path), done.stderr
    done = _run([sys.executable, *_line(sample_root, tmp_path)])
    assert done.returncode == 0, done.stderr
    assert all(
        json.loads(file.read_text())["cost"]["rows_computed"] == 0
        for file in (tmp_path / "runs").rglob("record.json")
    )
    _same(tmp_path, plain)


def test_torchrun_with_env(sample_root: Path, tmp_path: Path, plain: Path) -> None:
    start = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    line = _line(sample_root, tmp_path, "--launch", "env")
    done = _run([sys.executable, *start, *line])
    assert done.returncode == 0, done.stderr
    log = next((tmp_path / "runs").glob("*/log.jsonl")).read_text()
    parts = [json.loads(row) for row in log.splitlines() if '"event": "part"' in row]
    assert len(parts) == 2 and all(part["shards"] > 0 for part in parts)
    _same(tmp_path, plain)


def test_env_without_ranks_does_everything(sample_root: Path, tmp_path: Path, plain: Path) -> None:
    ranks = ("RANK", "WORLD_SIZE", "SLURM_PROCID", "SLURM_STEP_NUM_TASKS")
    clean = {key: value for key, value in os.environ.items() if key not in ranks}
    argv = [sys.executable, *_line(sample_root, tmp_path, "--launch", "env")]
    batch = {"SLURM_PROCID": "0", "SLURM_NTASKS": "2"}
    done = _run(argv, {**clean, **batch})
    assert done.returncode == 0, done.stderr
    _same(tmp_path, plain)


def test_a_killed_worker_is_started_again(sample_root: Path, tmp_path: Path, plain: Path) -> None:
    line = _line(sample_root, tmp_path, "--launch", "local", "--replicas", "2")
    process = subprocess.Popen(
        [sys.executable, *line], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    killed = False
    while process.poll() is None and not killed:
        for starts in (tmp_path / "runs").glob("*/launch/worker-0.starts"):
            pids = starts.read_text().split()
            if pids:
                os.kill(int(pids[0]), signal.SIGKILL)
                killed = True
        time.sleep(0.02)
    _, said = process.communicate(timeout=300)
    assert killed and process.returncode == 0, said
    [starts] = (tmp_path / "runs").glob("*/launch/worker-0.starts")
    assert len(starts.read_text().split()) > 1
    _same(tmp_path, plain)
