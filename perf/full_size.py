"""Seconds and memory to read every source, and to build every cohort, at full published size.

    PYTHONPATH=tests .venv/bin/python perf/full_size.py [--root D] [padchest … T7 …]

Label files and empty images are made up (``tests/cohort/full_size``). Each line is a process of its own, so
that its peak memory is its own. ``us/row`` tells apart a reader whose time grows with the square of its rows.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import tempfile
import time
from pathlib import Path

from cohort.full_size.sources import WRITERS

from medbench.cohort.build import build_cohort
from medbench.cohort.sources import reader
from medbench.spec import Catalogue

TASKS = ("T1", "T2", "T3", "T4", "T5", "T6", "T7", "T8", "NEJM")


def main() -> None:
    """Print one line a source, then one a task."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("names", nargs="*", default=[*WRITERS, *TASKS])
    parser.add_argument("--root", type=Path, help="kept for another run; else a folder that is removed")
    args = parser.parse_args()
    print(f"{'what':<16}{'rows':>8}{'wall s':>8}{'CPU s':>8}{'us/row':>8}{'peak MiB':>10}")
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        for name in args.names:
            _apart(_measure, name, args.root or Path(folder))


def _apart(measure: object, name: str, root: Path) -> None:
    context = multiprocessing.get_context("spawn")
    for step in (_write, measure):
        process = context.Process(target=step, args=(name, root))
        process.start()
        process.join()
        if process.exitcode:
            raise SystemExit(f"{name}: exit code {process.exitcode}")


def _needed(name: str) -> tuple[str, ...]:
    return Catalogue().task(name).data.sources if name in TASKS else (name,)


def _write(name: str, root: Path) -> None:
    for source in _needed(name):
        if not (root / source).exists():
            WRITERS[source](root / source)


def _measure(name: str, root: Path) -> None:
    begin, used = time.perf_counter(), time.process_time()
    if name in TASKS:
        rows = build_cohort(Catalogue().task(name), {s: root / s for s in _needed(name)}).rows
    else:
        rows = reader(name).read(root / name, {}).rows
    wall, used = time.perf_counter() - begin, time.process_time() - used
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    each = 1e6 * used / len(rows)
    print(f"{name:<16}{len(rows):>8}{wall:>8.1f}{used:>8.1f}{each:>8.0f}{peak:>10.0f}", flush=True)


if __name__ == "__main__":
    main()
