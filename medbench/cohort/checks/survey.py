"""Facts of many images: on all cores, remembered as they come, never stopped by a broken one."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Protocol

from medbench.cohort.checks.image_facts import FACTS, ImageFacts, inspect_image
from medbench.cohort.image_memory import ImageMemory, image_memory
from medbench.cohort.source import ImageRef
from medbench.errors import DataError

__all__ = ["MEMORY", "Located", "Watch", "file_key", "survey_images"]

MEMORY = "verify.sqlite"
"""File in the cache folder that remembers facts and checksums by opaque keys."""

CHUNK = 256
"""Images between two commits of the memory: what an interruption can cost."""

Located = tuple[str, ImageRef]
"""A source and an image in it."""


class Watch(Protocol):
    """Is told how far a long check is."""

    def stage(self, what: str, total: int) -> None:
        """A stage of ``total`` steps begins."""

    def step(self, n: int) -> None:
        """``n`` more steps are done."""


def survey_images(
    images: Sequence[Located], roots: Mapping[str, Path], cache: Path, watch: Watch
) -> dict[Located, ImageFacts | DataError]:
    """Facts of each image, or why it cannot be read, decoding only what was not read before.

    Pillow works without Python's lock, so that threads use every core and share one memory.

    Args:
        cache: folder of ``verify.sqlite``, which holds no path and no id.
    """
    watch.stage("reading images", len(images))
    found: dict[Located, ImageFacts | DataError] = {}
    with image_memory(cache / MEMORY) as memory:
        keys = {item: file_key(roots[item[0]] / item[1].path, FACTS, item[1].index) for item in images}
        for item, key in keys.items():
            known = memory.get(key) if key else ""
            if known:
                found[item] = ImageFacts.from_text(known)
        watch.step(len(found))
        new = [item for item in images if item not in found]
        for start in range(0, len(new), CHUNK):
            found.update(_read(new[start : start + CHUNK], roots, keys, memory, watch))
    return found


def file_key(path: Path, what: str, index: int | None = None) -> str:
    """What a remembered fact stands for: kind, file, its size and change time; empty when it is not there."""
    try:
        stat = path.stat()
    except OSError:
        return ""
    state = [what, str(path.resolve()), index, stat.st_size, stat.st_mtime_ns]
    return hashlib.sha256(json.dumps(state).encode()).hexdigest()


def _read(
    items: Sequence[Located],
    roots: Mapping[str, Path],
    keys: Mapping[Located, str],
    memory: ImageMemory,
    watch: Watch,
) -> dict[Located, ImageFacts | DataError]:
    found: dict[Located, ImageFacts | DataError] = {}
    pool = ThreadPoolExecutor(os.cpu_count())
    try:
        for item, facts in zip(items, pool.map(lambda item: _try(roots, item), items), strict=True):
            found[item] = facts
            watch.step(1)
    finally:
        pool.shutdown(cancel_futures=True)
        # also when interrupted; what could not be read is tried again, for a decoder may be installed since
        memory.add({keys[i]: f.to_text() for i, f in found.items() if isinstance(f, ImageFacts)})
    return found


def _try(roots: Mapping[str, Path], item: Located) -> ImageFacts | DataError:
    source, image = item
    try:
        return inspect_image(roots[source] / image.path, image.index)
    except DataError as fault:
        return fault
    except Exception as fault:
        # a file that breaks a decoder in a new way must not stop the check of a hundred thousand others
        return DataError(
            "MB607", f"cannot be decoded ({type(fault).__name__})", str(roots[source] / image.path)
        )
