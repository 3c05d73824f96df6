"""Whole runs on the sample data, made once a session."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

import medbench
from medbench.record import read_record

Records = Mapping[tuple[str, str], Mapping[str, Any]]


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="session")
def baseline_run(sample_root: Path, cache: Path, tmp_path_factory: pytest.TempPathFactory):
    """The three baselines on every task."""
    return medbench.run(
        ["image-stats", "random", "majority"],
        suite="all",
        data_root=sample_root,
        output=tmp_path_factory.mktemp("runs"),
        cache_dir=cache,
    )


@pytest.fixture(scope="session")
def tiny_idefics(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from medbench_idefics.checkpoint import write

    folder = tmp_path_factory.mktemp("tiny-idefics")
    write(folder)
    return folder


@pytest.fixture(scope="session")
def idefics_run(sample_root: Path, cache: Path, tiny_idefics: Path, tmp_path_factory: pytest.TempPathFactory):
    """The main job: a tiny IDEFICS on all nine tasks."""
    return medbench.run(
        "idefics-80b",
        suite="all",
        model_args={"path": str(tiny_idefics)},
        data_root=sample_root,
        output=tmp_path_factory.mktemp("runs"),
        cache_dir=cache,
    )


@pytest.fixture(scope="session")
def baselines(baseline_run) -> Records:
    values = [read_record(path).value for path in baseline_run.records]
    return {(value["model"]["name"], value["task"]["id"]): value for value in values}
