"""Many empty image files and large tables, written fast."""

from __future__ import annotations

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

__all__ = ["group_sizes", "letters", "touch", "write_table"]


def touch(folder: Path, names: Iterable[str], content: bytes = b"") -> None:
    """Files with ``content``; the readers list images, and only PadChest's looks inside."""
    folder.mkdir(parents=True, exist_ok=True)
    base = os.fspath(folder)
    for name in names:
        file = os.open(f"{base}/{name}", os.O_CREAT | os.O_WRONLY)
        if content:
            os.write(file, content)
        os.close(file)


def write_table(
    path: Path, header: Sequence[str], rows: Iterable[Sequence[object]], delimiter: str = ","
) -> None:
    """A text table as ``csv`` writes it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream, delimiter=delimiter)
        writer.writerow(header)
        writer.writerows(rows)


def letters(number: int) -> str:
    """Eight capital letters, another eight for another number."""
    found = []
    for _ in range(8):
        number, rest = divmod(number, 26)
        found.append(chr(65 + rest))
    return "".join(reversed(found))


def group_sizes(rng: np.random.Generator, groups: int, total: int, low: int, high: int) -> list[int]:
    """Sizes of ``groups`` from ``low`` to ``high`` that sum to ``total``, geometric above ``low``.

    A geometric law has the widest spread that a mean above a lower bound allows without further knowledge (it
    is the law of largest entropy), so that a range drawn from it is rather too wide than too narrow.
    """
    sizes = low - 1 + rng.geometric(1 / (total / groups - low + 1), groups)
    sizes = np.clip(sizes, low, high)
    while difference := total - int(sizes.sum()):
        step = 1 if difference > 0 else -1
        free = np.flatnonzero(sizes < high if step > 0 else sizes > low)
        sizes[rng.permutation(free)[: abs(difference)]] += step
    return [int(size) for size in sizes]
