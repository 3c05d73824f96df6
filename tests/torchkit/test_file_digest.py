"""A large file is read once for as long as it stays as it is."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from medbench.torchkit import file_digest as room


@pytest.fixture
def reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(room, "LARGE", 0)
    seen: list[Path] = []
    real = room._read
    monkeypatch.setattr(room, "_read", lambda file: seen.append(file) or real(file))
    return seen


def _sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def test_read_once_and_again_when_it_changes(tmp_path: Path, reads: list[Path]) -> None:
    file = tmp_path / "w.safetensors"
    file.write_bytes(b"one")
    assert [room.file_digest(file) for _ in range(3)] == [_sha(b"one")] * 3
    assert len(reads) == 1
    state = file.stat()
    file.write_bytes(b"two")
    # the same size and time of change, as a careful forger would leave it
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert room.file_digest(file) == _sha(b"two") and len(reads) == 2


def test_a_damaged_memory_costs_time_only(tmp_path: Path, reads: list[Path]) -> None:
    file = tmp_path / "w.safetensors"
    file.write_bytes(b"one")
    room.file_digest(file)
    [memory] = (tmp_path / "cache" / "medbench" / "digests").iterdir()
    memory.write_bytes(b"rubbish")
    assert room.file_digest(file) == _sha(b"one") and len(reads) == 2


def test_a_small_file_leaves_nothing_behind(tmp_path: Path, reads: list[Path], monkeypatch) -> None:
    monkeypatch.setattr(room, "LARGE", 100)
    file = tmp_path / "w.safetensors"
    file.write_bytes(b"one")
    assert [room.file_digest(file) for _ in range(2)] == [_sha(b"one")] * 2
    assert len(reads) == 2 and not (tmp_path / "cache").exists()


def test_a_cache_that_cannot_be_written_is_no_fault(tmp_path: Path, reads: list[Path]) -> None:
    (tmp_path / "cache").write_text("a file where the folder would be")
    file = tmp_path / "w.safetensors"
    file.write_bytes(b"one")
    assert room.file_digest(file) == _sha(b"one")
