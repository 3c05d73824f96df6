"""Salted ids of images: the same in every command on one machine, and nothing anywhere else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from medbench.cohort.salt import salted_id
from medbench.cohort.source import ImageRef

__all__ = ["NameImage", "image_names"]

NameImage = Callable[[str, ImageRef], str]
"""The salted id of an image, from its source and its place in it."""


def image_names(cache: Path) -> NameImage:
    """Ids made with the salt of this cache folder."""

    def name(source: str, image: ImageRef) -> str:
        place = image.path if image.index is None else f"{image.path}#{image.index}"
        return salted_id(cache, source, place)

    return name
