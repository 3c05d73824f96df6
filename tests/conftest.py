"""Fixtures for every test: one synthetic data root, written once."""

from __future__ import annotations

from pathlib import Path

import pytest

from medbench.cohort.samples import write_samples


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with every source's sample at scale 1. Read it; never write to it."""
    root = tmp_path_factory.mktemp("sample_root")
    write_samples(root)
    return root
