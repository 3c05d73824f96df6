"""One data root at full published size, written once and removed at the end."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from medbench.cohort import Cohort
from medbench.cohort.build import build_cohort
from medbench.spec import Catalogue

from .sources import WRITERS

MEMORY = Path("/dev/shm")
ROOM = 2 * 1024**3
"""Half a million empty files take about one GiB of a file system in memory, and a third of a disk's time."""


@pytest.fixture(scope="module")
def full_root(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Path]]:
    """``full_root(source)`` is the source's folder, written when it is first asked for."""
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM
    base = Path(
        tempfile.mkdtemp(prefix="medbench-full-", dir=MEMORY if roomy else tmp_path_factory.mktemp("full"))
    )

    def folder(source: str) -> Path:
        if not (base / source).exists():
            WRITERS[source](base / source)
        return base / source

    yield folder
    shutil.rmtree(base)


@pytest.fixture(scope="module")
def full_cohort(full_root: Callable[[str], Path]) -> Callable[[str], Cohort]:
    """``full_cohort("T1")`` builds a shipped task's cohort, without any allowance, in less than a minute."""
    made: dict[str, Cohort] = {}

    def build(name: str) -> Cohort:
        if name not in made:
            task = Catalogue().task(name)
            roots = {source: full_root(source) for source in task.data.sources}
            begin = time.process_time()
            made[name] = build_cohort(task, roots)
            # processor time, which a busy machine does not stretch; the square of these rows takes minutes
            assert time.process_time() - begin < 60
        return made[name]

    return build
