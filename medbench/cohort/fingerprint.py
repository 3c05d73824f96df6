"""What a source's folder looks like, so that a cohort is built again when it has changed."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from medbench.cohort.own_paths import image_folder, may_be_image, walk_files
from medbench.cohort.source import SAMPLE_MARK
from medbench.spec import LocalSource

__all__ = ["fingerprint"]


def fingerprint(root: Path, own: LocalSource | None) -> list[list[Any]]:
    """Files with size and change time, behind links too: a repaired image may join a cohort.

    Args:
        own: the declaration of a data set of one's own, of which only the table and the images count; its
            folder may be where the user works, and a run written there must not change the cohort.
    """
    files = _files(root) if own is None else _own_files(root, own)
    found: list[list[Any]] = []
    for folder, name in files:
        path = root / folder / name
        stat = path.stat() if path.exists() else path.lstat()
        found.append([folder, name, stat.st_size, stat.st_mtime_ns])
    return sorted(found)


def _files(root: Path) -> Iterator[tuple[str, str]]:
    seen: set[str] = set()
    for folder, below, names in os.walk(root, followlinks=True):
        real = os.path.realpath(folder)
        if real in seen:
            below.clear()
            continue
        seen.add(real)
        yield from ((str(Path(folder).relative_to(root)), name) for name in names)


def _own_files(root: Path, own: LocalSource) -> Iterator[tuple[str, str]]:
    for name in (own.settings.get("table"), SAMPLE_MARK):
        if name and (root / name).is_file():
            yield ".", name
    folder = image_folder(own)
    for *place, name in walk_files(root / folder):
        if may_be_image(name):
            yield "/".join([folder, *place]), name
