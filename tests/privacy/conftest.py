"""One whole run on the sample data, all that it put out, and all that must not be in it."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from medbench.cohort import SourceRow
from medbench.cohort.sources import reader
from medbench.spec import Catalogue

ROOT = Path(__file__).parents[2]
SHORTEST = 6
"""Shorter names are common words and numbers, which stand in every file."""

Secrets = Mapping[str, frozenset[str]]
"""Names by kind: sample, patient, file, path, text."""

Outputs = Mapping[str, bytes]
"""Contents by name: each file, and the standard output and error of each command."""


@pytest.fixture(scope="session")
def secrets(sample_root: Path) -> Secrets:
    """What the sample data call their samples, people and files, and what they ask."""
    found: dict[str, set[str]] = {kind: set() for kind in ("sample", "patient", "file", "path", "text")}
    catalogue = Catalogue()
    for task in map(catalogue.task, catalogue.task_files):
        for source in task.data.sources:
            table = reader(source).read(sample_root / source, task.data.options.get(source, {}))
            for row in table.rows:
                found["sample"].add(row.sample)
                found["patient"].add(row.group)
                found["text"].update(_texts(row))
    for path in sample_root.rglob("*"):
        # folders are the provider's layout and classes; what is in them tells people apart
        if path.is_file() and path.parent != sample_root and path.suffix != ".json":
            found["file"].update((path.name, path.stem))
            found["path"].add("/".join(path.relative_to(sample_root).parts[1:]))
    public = _public_words()
    return {
        kind: frozenset(name for name in names if len(name) >= SHORTEST and name.lower() not in public)
        for kind, names in found.items()
    }


def _texts(row: SourceRow) -> Iterator[str]:
    for name in ("question", "options"):
        value = row.values.get(name)
        for text in value if isinstance(value, tuple) else [value]:
            if isinstance(text, str):
                # a text that is cut short must be found as well
                yield from (text, text[:30], text[-30:])


def _public_words() -> str:
    """Specs and source cards: what stands there is everybody's."""
    files = [*(ROOT / "benchmarks").rglob("*.yaml"), *(ROOT / "medbench" / "spec" / "schemas").glob("*.json")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files).lower()


@pytest.fixture(scope="session")
def outputs(sample_root: Path, tmp_path_factory: pytest.TempPathFactory) -> Outputs:
    """Nine tasks with cheap models, two comparisons' worth of commands, and every byte they wrote."""
    from medbench_idefics.checkpoint import write

    folder = tmp_path_factory.mktemp("privacy")
    write(folder / "weights")
    data = ["--data-root", str(sample_root), "--cache-dir", str(folder / "cache")]
    runs = ["--output", str(folder / "out" / "runs")]
    idefics = ["--model", "idefics-80b", "--model-args", f"path={folder / 'weights'}", "--task", "NEJM"]
    said = dict(
        _command(folder, name, line)
        for name, line in {
            "run": ["run", "--model", "image-stats", "--model", "majority", "--suite", "all", *data, *runs],
            "run-json": ["run", *idefics, *data, *runs, "--json"],
            "again-json": ["run", "--model", "majority", "--suite", "probe", *data, *runs, "--json"],
            "status": ["data", "status", "--data-root", str(sample_root)],
            "status-json": ["data", "status", "--data-root", str(sample_root), "--json"],
            "prepare-json": ["data", "prepare", *data, "--json"],
            "verify": ["data", "verify", *data],
            "verify-json": ["data", "verify", *data, "--json"],
            "analyses": ["run", "--model", "image-stats", "--suite", "paper-figures", *data, *runs],
        }.items()
    )
    run = next((folder / "out" / "runs").glob("all-*"))
    pair = [str(run / "image-stats"), str(run / "majority")]
    board = ["--output", str(folder / "out" / "board")]
    said.update(
        _command(folder, name, line)
        for name, line in {
            "compare": ["compare", *pair],
            "compare-json": ["compare", *pair, "--json"],
            "board": ["leaderboard", "build", str(folder / "out" / "runs"), *board],
        }.items()
    )
    files = {str(f.relative_to(folder)): f.read_bytes() for f in (folder / "out").rglob("*") if f.is_file()}
    return {**files, **said}


def _command(folder: Path, name: str, line: list[str]) -> tuple[str, bytes]:
    environment = {**os.environ, "HOME": str(folder), "COLUMNS": "200"}
    done = subprocess.run(
        [sys.executable, "-m", "medbench", *line], capture_output=True, cwd=folder, env=environment
    )
    # verify says what it found, also in an exit code
    allowed = (0, 3) if name.startswith("verify") else (0,)
    assert done.returncode in allowed, (name, done.stderr.decode()[-2000:])
    return f"standard output and error of {name}", done.stdout + done.stderr


@pytest.fixture(scope="session")
def search(secrets: Secrets) -> Callable[[bytes], set[str]]:
    """``search(content)`` gives every secret that stands in ``content``, plain or as JSON escapes it."""
    needles: dict[bytes, str] = {}
    for name in frozenset().union(*secrets.values()):
        needles[name.encode()] = needles[json.dumps(name)[1:-1].encode()] = name
    by_start: dict[bytes, list[bytes]] = {}
    for needle in needles:
        by_start.setdefault(needle[:SHORTEST], []).append(needle)
    starts = np.sort(np.array([_number(start) for start in by_start], dtype=np.uint64))

    def find(content: bytes) -> set[str]:
        return {
            needles[needle]
            for at in _candidates(content, starts)
            for needle in by_start[content[at : at + SHORTEST]]
            if content.startswith(needle, at) and _is_whole(content, at, needle)
        }

    return find


def _number(start: bytes) -> int:
    return int.from_bytes(start, "little")


def _candidates(content: bytes, starts: np.ndarray) -> list[int]:
    """Where six bytes of the content are those with which a secret begins."""
    values = np.frombuffer(content, np.uint8)
    if len(values) < SHORTEST:
        return []
    windows = np.lib.stride_tricks.sliding_window_view(values, SHORTEST)
    numbers = sum(windows[:, i].astype(np.uint64) << np.uint64(8 * i) for i in range(SHORTEST))
    places = np.minimum(np.searchsorted(starts, numbers), len(starts) - 1)
    found: list[int] = np.flatnonzero(starts[places] == numbers).tolist()
    return found


def _is_whole(content: bytes, at: int, needle: bytes) -> bool:
    """A number or hexadecimal id inside a digest or a decimal fraction is there by chance."""
    if not re.fullmatch(rb"[0-9a-fA-F]+", needle):
        return True
    around = content[max(at - 1, 0) : at] + b" " + content[at + len(needle) : at + len(needle) + 1]
    return not re.search(rb"[0-9a-zA-Z.]", around)


@pytest.fixture(scope="session")
def table_text() -> Callable[[bytes], bytes]:
    """``table_text(content)``: names and values of a Parquet table, as lines."""

    def read(content: bytes) -> bytes:
        import pyarrow as pa

        table = pq.read_table(pa.BufferReader(content))
        values = [str(value) for column in table.columns for value in column.to_pylist()]
        described = [f"{k.decode()}={v.decode()}" for k, v in (table.schema.metadata or {}).items()]
        return "\n".join([*table.column_names, *described, *values]).encode()

    return read
