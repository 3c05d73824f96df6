"""How many test images a task's drawn split gives over 1,000 seeds: the ``test_range`` of its spec.

    PYTHONPATH=tests .venv/bin/python perf/sampled_counts.py [--data-root D] [--seeds N] [T2 T4 …]

Without ``--data-root`` the label files are made up at full published size (``tests/cohort/full_size``): the
totals are the provider's, but how many images each patient has is drawn. With it the real files are read.
T2's rule rounds in each stratum, so no seed changes its counts; made up, the sizes of the strata are drawn.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np
from cohort.full_size import pannuke
from cohort.full_size.sources import WRITERS

from medbench.cohort.source import SourceTable, Value
from medbench.cohort.sources import reader
from medbench.cohort.splits import test_rows
from medbench.spec import Catalogue, Split, Task

TASKS = ("T2", "T4", "T5", "T7", "T8")
STATED = 20231221


def main() -> None:
    """Print one line a task."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("tasks", nargs="*", default=TASKS)
    parser.add_argument("--data-root", type=Path)
    parser.add_argument("--seeds", type=int, default=1000)
    args = parser.parse_args()
    print("task  sizes    test images at 20231221    lowest..highest  mean     table 1")
    for name in args.tasks:
        task = Catalogue().task(name)
        with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
            tables = list(_tables(task, args.data_root, Path(folder)))
        at_stated = _images(task, tables, STATED)
        if name == "T2" and not args.data_root:
            drawn = [_rounded(seed) for seed in range(args.seeds)]
        else:
            drawn = [_images(task, tables, seed) for seed in range(args.seeds)]
        sizes = "real   " if args.data_root else "made up"
        span = f"{min(drawn)}..{max(drawn)}  {np.mean(drawn):.1f}"
        print(f"{name}    {sizes}  {at_stated:>22}    {span}    {task.data.expected['test']}", flush=True)


def _tables(task: Task, data_root: Path | None, folder: Path) -> Iterator[tuple[SourceTable, Counter[str]]]:
    """Each source with one row a group that may be drawn, and how many images every group has."""
    for source in task.data.sources:
        root = (data_root or folder) / source
        if data_root is None:
            WRITERS[source](root)
        table = reader(source).read(root, task.data.options.get(source, {}))
        assert task.data.split is not None
        if task.data.split.rule == "by-group" and source in {part.source for part in task.data.train}:
            may = {row.group: row for row in table.rows if _may(task.data.split, row.values)}
            rows = tuple(replace(row, sample=group) for group, row in may.items())
        else:
            rows = table.rows
        yield replace(table, rows=rows), Counter(row.group for row in table.rows)


def _may(split: Split, values: Mapping[str, Value]) -> bool:
    return split.eligible is None or values.get(split.eligible[0]) == split.eligible[1]


def _images(task: Task, tables: list[tuple[SourceTable, Counter[str]]], seed: int) -> int:
    """Test images of all sources; one that is in test alone counts whole."""
    assert task.data.split is not None
    split, train = replace(task.data.split, seed=seed), {part.source for part in task.data.train}
    total = 0
    for table, sizes in tables:
        if table.source not in train:
            total += len(table.rows)
        elif split.rule == "by-group":
            total += sum(sizes[group] for group in test_rows(table.rows, split, table.source))
        else:
            total += len(test_rows(table.rows, split, table.source))
    return total


def _rounded(seed: int) -> int:
    sizes = pannuke.stratum_sizes(np.random.default_rng(seed))
    return sum(size - floor(Fraction(4, 5) * size) for size in sizes)


if __name__ == "__main__":
    main()
