"""Checksums that providers or their users have published, of the files that lie there."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from medbench.cohort.checks.findings import Finding, Severity
from medbench.cohort.checks.survey import MEMORY, Watch, file_key
from medbench.cohort.image_memory import image_memory

__all__ = ["MD5", "checksum_findings"]

NONORM = "6fd702d11df6292bc054397ae038a464"

MD5: Mapping[str, Mapping[str, str]] = {
    "nct-crc-he-100k": {"NCT-CRC-HE-100K.zip": "035777cf327776a71a05c95da6d6325f"},
    "crc-val-he-7k": {"CRC-VAL-HE-7K.zip": "2fd1651b4f94ebd818ebf90ad2b6ce06"},
    "padchest": {"PADCHEST_chest_x_ray_images_labels_160K_01.02.19.csv": "4fb193f6e9f18532dd8c2cd4f4708552"},
}
"""By source and file name: Zenodo 1214456, as the eva project has them; the table of torchxrayvision."""


def checksum_findings(source: str, root: Path, cache: Path, watch: Watch) -> Iterator[Finding]:
    """Files in the source's folder, or beside it, that are not the published ones."""
    for name, expected in MD5.get(source, {}).items():
        for file in (root / name, root.parent / name):
            if file.is_file():
                watch.stage(f"checksum of {source}", 1)
                found = _md5(file, cache)
                watch.step(1)
                if found != expected:
                    yield _differs(source, name, expected, found)


def _differs(source: str, name: str, expected: str, found: str) -> Finding:
    if found == NONORM:
        return Finding("checksum", "error", source, f"{name} is the NONORM archive under another name")
    # a table was copied about by hand, so that another one need not be damaged
    severity: Severity = "error" if name.endswith(".zip") else "warning"
    return Finding("checksum", severity, source, f"md5 of {name} is {found}, published is {expected}")


def _md5(file: Path, cache: Path) -> str:
    with image_memory(cache / MEMORY) as memory:
        key = file_key(file, "md5")
        known = memory.get(key)
        if not known:
            with file.open("rb") as stream:
                known = hashlib.file_digest(stream, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()
            memory.add({key: known})
        return known
