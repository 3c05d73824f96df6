"""Decoding cohort images as a spec prepares them, and remembering their digests."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import PIL

from medbench.cohort import CohortRow, ImageRef
from medbench.cohort.decode import DECODER, decode, digest, is_black, prepare
from medbench.cohort.image_memory import image_memory
from medbench.errors import DataError
from medbench.models import ImagePart
from medbench.spec import ImagePreparation

__all__ = ["ImageDigests", "ImageLoader", "image_digests"]

FILE = "digests.sqlite"
CHUNK = 1024
"""Images between two commits of the digests: what an interruption can cost."""


BLACK = " black"
"""Remembered behind the digest of an image that is 0 throughout."""


class ImageDigests(dict[tuple[str, ImageRef], str]):
    """Digest of each prepared image; ``black`` counts those that are 0 throughout."""

    black: int = 0

    def take(self, image: tuple[str, ImageRef], remembered: str) -> None:
        """Add what is remembered of an image."""
        self.black += remembered.endswith(BLACK)
        self[image] = remembered.removesuffix(BLACK)


@dataclass(frozen=True)
class ImageLoader:
    """Loads a row's images from its source's folder."""

    roots: Mapping[str, Path]
    preparation: ImagePreparation

    def load(self, source: str, image: ImageRef) -> ImagePart:
        """Decode and prepare one image.

        Raises:
            DataError: it cannot be decoded.
        """
        decoded = decode(self.roots[source] / image.path, image.index)
        prepared = prepare(decoded, self.preparation.max_side, self.preparation.normalise)
        return ImagePart(prepared, digest(prepared))

    def memory_key(self, source: str, image: ImageRef) -> str:
        """What a remembered digest stands for: file, its size and change time, and the preparation.

        Raises:
            DataError: MB601, no such file.
        """
        try:
            stat = (self.roots[source] / image.path).stat()
        except OSError as fault:
            raise DataError("MB601", "no such image file", str(self.roots[source] / image.path)) from fault
        place = str((self.roots[source] / image.path).resolve())
        state = [place, image.index, stat.st_size, stat.st_mtime_ns]
        state += [self.preparation.max_side, self.preparation.normalise, DECODER, PIL.__version__]
        return hashlib.sha256(json.dumps(state).encode()).hexdigest()


def image_digests(
    loader: ImageLoader, rows: Sequence[CohortRow], cache: Path, step: Callable[[int], None]
) -> ImageDigests:
    """Digest of every prepared image, decoding only what was not seen before.

    Args:
        cache: folder of ``digests.sqlite``, which holds no path and no id.
        step: told how many more images are done.

    Raises:
        DataError: an image cannot be decoded.
    """
    wanted = list(dict.fromkeys((row.source, image) for row in rows for image in row.images))
    keys = {item: loader.memory_key(*item) for item in wanted}
    found = ImageDigests()
    with image_memory(cache / FILE) as memory, ThreadPoolExecutor(os.cpu_count()) as pool:
        for item in wanted:
            if known := memory.get(keys[item]):
                found.take(item, known)
        step(len(found))
        new = [item for item in wanted if item not in found]
        for start in range(0, len(new), CHUNK):
            chunk, told = new[start : start + CHUNK], {}
            for item, seen in zip(chunk, pool.map(lambda i: _seen(loader.load(*i)), chunk), strict=True):
                told[keys[item]] = seen
                found.take(item, seen)
                step(1)
            memory.add(told)
    return found


def _seen(part: ImagePart) -> str:
    return part.digest + (BLACK if is_black(part.image) else "")
