"""Cohort images: addresses from the bytes of their files, and what is known of their prepared pixels."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import PIL
from PIL import features

from medbench.cohort import CohortRow, ImageRef
from medbench.cohort.decode import DECODER, decode_encoded, digest, is_black, prepare
from medbench.cohort.encoded import EncodedImage, read_encoded
from medbench.cohort.image_memory import ImageMemory, image_memory
from medbench.errors import DataError
from medbench.models import ImagePart
from medbench.spec import ImagePreparation

__all__ = ["ImageDigests", "ImageLoader", "image_addresses", "image_digests", "known_digests"]

FILE = "digests.sqlite"
CHUNK = 1024
"""Images between two commits of what was found out: what an interruption can cost."""

BLACK = " black"
"""Remembered behind the digest of an image that is 0 throughout."""

Named = tuple[str, ImageRef]
"""An image by its source and its place there."""


class ImageDigests(dict[Named, str]):
    """Digest of each prepared image; ``black`` counts those that are 0 throughout."""

    black: int = 0

    def take(self, image: Named, remembered: str) -> None:
        """Add what is remembered of an image."""
        self.black += remembered.endswith(BLACK)
        self[image] = remembered.removesuffix(BLACK)


@dataclass(frozen=True)
class ImageLoader:
    """Loads a task's images from their sources' folders.

    Attributes:
        addresses: SHA-256 (hex) of the bytes of each image that was asked for.
        pixels: by address, the digest of the prepared image, once it was decoded here or by a worker.
    """

    roots: Mapping[str, Path]
    preparation: ImagePreparation
    addresses: dict[Named, str] = field(default_factory=dict, compare=False)
    pixels: dict[str, str] = field(default_factory=dict, compare=False)

    @cached_property
    def preparation_key(self) -> dict[str, Any]:
        """What becomes of an image's bytes before a model sees them; a part of the store's key."""
        # two versions of libjpeg may differ in the last bit of a pixel
        libraries = {"pillow": PIL.__version__, "jpeg": str(features.version("jpg"))}
        return {**asdict(self.preparation), "decoder": DECODER, **libraries}

    @cached_property
    def _prepared(self) -> str:
        return json.dumps(self.preparation_key, sort_keys=True)

    @cached_property
    def _places(self) -> dict[str, str]:
        return {source: str(root.resolve()) for source, root in self.roots.items()}

    def read(self, source: str, image: ImageRef) -> EncodedImage:
        """An image as it lies in its file.

        Raises:
            DataError: it cannot be read.
        """
        return read_encoded(self.roots[source] / image.path, image.index)

    def load(self, source: str, image: ImageRef) -> ImagePart:
        """Decode and prepare one image, as its bytes are now.

        Raises:
            DataError: it cannot be decoded.
        """
        encoded = self.read(source, image)
        prepared = prepare(
            decode_encoded(encoded, image.index), self.preparation.max_side, self.preparation.normalise
        )
        part = ImagePart(prepared, encoded.digest)
        if part.digest not in self.pixels:
            self.pixels[part.digest] = digest(prepared) + (BLACK if is_black(prepared) else "")
        return part

    def file_key(self, source: str, image: ImageRef) -> str:
        """What a remembered address stands for: a file, its size and change time.

        Raises:
            DataError: MB601, no such file.
        """
        path = f"{self._places[source]}/{image.path}"
        try:
            # a hundred thousand of them are to cost no more than a second or two
            stat = os.stat(path)  # noqa: PTH116
        except OSError as fault:
            raise DataError("MB601", "no such image file", path) from fault
        return _key("bytes", path, image.index, stat.st_size, stat.st_mtime_ns)

    def pixels_key(self, address: str) -> str:
        """What remembered pixels stand for: an image's bytes and what is done to them."""
        return _key("pixels", address, self._prepared)


def image_addresses(
    loader: ImageLoader, rows: Sequence[CohortRow], cache: Path, step: Callable[[int], None]
) -> Mapping[Named, str]:
    """Address of every image, reading only files that were not seen before; nothing is decoded.

    Args:
        cache: folder of ``digests.sqlite``, which holds no path and no id.
        step: told how many more images are done.

    Raises:
        DataError: a file is not there or cannot be read.
    """
    wanted = [image for image in _images(rows) if image not in loader.addresses]
    if wanted:
        keys = {image: loader.file_key(*image) for image in wanted}
        with image_memory(cache / FILE) as memory:
            found = _remembered(memory, keys, step)
            loader.addresses.update(found)
            left = {image: key for image, key in keys.items() if image not in found}
            _find_out(memory, left, lambda image: loader.read(*image).digest, loader.addresses, step)
    return loader.addresses


def known_digests(loader: ImageLoader, rows: Sequence[CohortRow], cache: Path) -> ImageDigests | None:
    """Digest of every prepared image where all are known already, else ``None``.

    The addresses of the rows' images must have been asked for.
    """
    addresses = [loader.addresses[image] for image in _images(rows)]
    # what was decoded on the way to a model is remembered for the next run
    new = {loader.pixels_key(a): loader.pixels[a] for a in addresses if a in loader.pixels}
    with image_memory(cache / FILE) as memory:
        _recall(loader, memory, addresses)
        memory.add(new)
    return _collected(loader, rows) if all(address in loader.pixels for address in addresses) else None


def image_digests(
    loader: ImageLoader, rows: Sequence[CohortRow], cache: Path, step: Callable[[int], None]
) -> ImageDigests:
    """Digest of every prepared image, decoding only what was never decoded.

    Args:
        cache, step: as for ``image_addresses``.

    Raises:
        DataError: an image cannot be decoded.
    """
    addresses = image_addresses(loader, rows, cache, lambda _: None)
    with image_memory(cache / FILE) as memory:
        _recall(loader, memory, [addresses[image] for image in _images(rows)])
        left = {
            image: loader.pixels_key(addresses[image])
            for image in _images(rows)
            if addresses[image] not in loader.pixels
        }
        step(len(_images(rows)) - len(left))

        def seen(image: Named) -> str:
            return loader.pixels[loader.load(*image).digest]

        _find_out(memory, left, seen, {}, step)
    return _collected(loader, rows)


def _images(rows: Sequence[CohortRow]) -> list[Named]:
    return list(dict.fromkeys((row.source, image) for row in rows for image in row.images))


def _recall(loader: ImageLoader, memory: ImageMemory, addresses: Sequence[str]) -> None:
    keys = {loader.pixels_key(address): address for address in addresses if address not in loader.pixels}
    loader.pixels.update({keys[key]: known for key, known in memory.get_all(keys).items()})


def _collected(loader: ImageLoader, rows: Sequence[CohortRow]) -> ImageDigests:
    found = ImageDigests()
    for image in _images(rows):
        found.take(image, loader.pixels[loader.addresses[image]])
    return found


def _remembered(
    memory: ImageMemory, keys: Mapping[Named, str], step: Callable[[int], None]
) -> dict[Named, str]:
    known = memory.get_all(keys.values())
    found = {image: known[key] for image, key in keys.items() if key in known}
    step(len(found))
    return found


def _find_out(
    memory: ImageMemory,
    keys: Mapping[Named, str],
    look: Callable[[Named], str],
    found: dict[Named, str],
    step: Callable[[int], None],
) -> None:
    """Look at images side by side, and remember what was found chunk by chunk."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for chunk in _chunks(list(keys)):
            told: dict[str, str] = {}
            for image, seen in zip(chunk, pool.map(look, chunk), strict=True):
                told[keys[image]] = found[image] = seen
                step(1)
            memory.add(told)


def _chunks(images: Sequence[Named]) -> Iterator[Sequence[Named]]:
    for start in range(0, len(images), CHUNK):
        yield images[start : start + CHUNK]


def _key(*parts: object) -> str:
    # no path holds a zero byte
    return hashlib.sha256("\0".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
