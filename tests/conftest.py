"""Fixtures for every test: one synthetic data root, written once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

# tiny models gain nothing from threads, and on a busy machine threads that wait for each other cost tenfold;
# set before anything imports torch or numpy, and inherited by the processes that tests start
os.environ.setdefault("OMP_NUM_THREADS", "1")

from medbench.cohort.samples import write_samples


@pytest.fixture(scope="session")
def sample_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data root with every source's sample at scale 1. Read it; never write to it."""
    root = tmp_path_factory.mktemp("sample_root")
    write_samples(root)
    return root


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    """In CI every part is installed, so that a skip means that something is not tested: it fails."""
    report = yield
    if os.environ.get("MEDBENCH_CI") and report.skipped and not hasattr(report, "wasxfail"):
        report.outcome, report.longrepr = "failed", f"skipped in CI: {report.longrepr}"
    return report
