"""Write the samples: one folder a source, whole or not at all, and only over an earlier sample."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from medbench.cohort.samples import (
    airogs,
    aptos_2019,
    eyepacs_2015,
    ham10000,
    isic_2018_task3,
    kather,
    mark,
    most,
    nejm,
    oai,
    odir_5k,
    padchest,
    pannuke,
    siim_isic_2020,
)
from medbench.errors import DataError, did_you_mean

__all__ = ["WRITERS", "write_samples"]

Writer = Callable[[Path, float, np.random.Generator], None]

WRITERS: dict[str, Writer] = {
    "airogs": airogs.write,
    "aptos-2019": aptos_2019.write,
    "crc-val-he-7k": kather.write_val_7k,
    "eyepacs-2015": eyepacs_2015.write,
    "ham10000": ham10000.write,
    "isic-2018-task3": isic_2018_task3.write,
    "most": most.write,
    "nct-crc-he-100k": kather.write_100k,
    "nejm": nejm.write,
    "oai": oai.write,
    "odir-5k": odir_5k.write,
    "padchest": padchest.write,
    "pannuke": pannuke.write,
    "siim-isic-2020": siim_isic_2020.write,
}
"""Writer of each source's sample."""


def write_samples(root: Path, sources: Sequence[str] | None = None, scale: float = 1.0) -> list[str]:
    """Write synthetic sources to ``<root>/<source id>/``; the same bytes every time.

    The draws are seeded by the source's id; bytes can differ between versions of numpy, Pillow and zlib only.

    Args:
        root: created if missing.
        sources: ids; all when ``None``.
        scale: multiplies the number of samples.

    Returns:
        The ids written, sorted.

    Raises:
        DataError: MB620, an unknown id; MB621, a folder is there and is no sample, or holds other files or
            changed ones (nothing is written then).
    """
    chosen = sorted(set(WRITERS if sources is None else sources))
    for source in chosen:
        if source not in WRITERS:
            raise DataError("MB620", f"unknown source {source!r}", hint=did_you_mean(source, WRITERS))
        mark.refuse_other_files(root / source)
    root.mkdir(parents=True, exist_ok=True)
    for source in chosen:
        _write_source(root / source, source, scale)
    return chosen


def _write_source(folder: Path, source: str, scale: float) -> None:
    key = int.from_bytes(hashlib.sha256(f"medbench.sample/1 {source}".encode()).digest()[:16], "big")
    draft, old = (folder.with_name(f".{source}.{state}-{os.getpid()}") for state in ("writing", "replaced"))
    try:
        draft.mkdir()
        WRITERS[source](draft, scale, np.random.Generator(np.random.Philox(key=key)))
        mark.write_mark(draft, source)
        # moved aside first: a deletion cut short could leave a folder without its mark, refused for ever
        if folder.exists():
            folder.rename(old)
        draft.rename(folder)
    finally:
        for leftover in (draft, old):
            shutil.rmtree(leftover, ignore_errors=True)
