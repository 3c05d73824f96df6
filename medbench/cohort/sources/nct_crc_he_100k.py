"""NCT-CRC-HE-100K: 100,000 stain-normalised tiles of 86 patients (Kather et al. 2019)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from medbench.cohort.source import SourceTable
from medbench.cohort.sources.kather import find_tiles, read_tiles

__all__ = ["find", "read"]

FOLDER = "NCT-CRC-HE-100K"


def find(root: Path) -> str:
    """Empty when the tiles' folder is there; otherwise what was looked for."""
    return find_tiles(root, FOLDER)


def read(root: Path, options: Mapping[str, str]) -> SourceTable:
    """All tiles with ``tissue``; there are no options. Raises as ``kather.read_tiles`` does."""
    return read_tiles(root, options, "nct-crc-he-100k", FOLDER)
