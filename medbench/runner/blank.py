"""A blank image that stands for any image where only the text of a prompt is wanted."""

from __future__ import annotations

from functools import cache

from PIL import Image

from medbench.models import ImagePart

__all__ = ["blank_image"]


@cache
def blank_image() -> ImagePart:
    """One black pixel; its digest is not an image's."""
    return ImagePart(Image.new("RGB", (1, 1)), "")
