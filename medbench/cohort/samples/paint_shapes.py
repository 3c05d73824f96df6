"""Pictures for synthetic multiple-choice cases: one plain shape in one colour on a light ground."""

from __future__ import annotations

import math

import numpy as np
from PIL import Image, ImageDraw

__all__ = ["COLOURS", "SHAPES", "shape_picture"]

COLOURS = {
    "red": (200, 40, 40),
    "green": (40, 150, 60),
    "blue": (45, 75, 200),
    "yellow": (230, 200, 40),
    "black": (25, 25, 25),
}
SHAPES = ("circle", "square", "triangle", "cross", "ring")


def shape_picture(rng: np.random.Generator, shape: str, colour: str, size: tuple[int, int]) -> Image.Image:
    """A picture (width, height) of ``shape`` in ``colour``, place and size drawn at random."""
    image = Image.new("RGB", size, (238, 236, 230))
    radius = min(size) * rng.uniform(0.22, 0.34)
    x = rng.uniform(radius * 1.1, size[0] - radius * 1.1)
    y = rng.uniform(radius * 1.1, size[1] - radius * 1.1)
    _draw(ImageDraw.Draw(image), shape, (x, y, radius), COLOURS[colour])
    return image


def _draw(
    draw: ImageDraw.ImageDraw, shape: str, place: tuple[float, float, float], colour: tuple[int, int, int]
) -> None:
    x, y, r = place
    box = (x - r, y - r, x + r, y + r)
    if shape == "circle":
        draw.ellipse(box, fill=colour)
    elif shape == "square":
        draw.rectangle(box, fill=colour)
    elif shape == "ring":
        draw.ellipse(box, outline=colour, width=max(2, round(r / 4)))
    elif shape == "triangle":
        corners = [(x + r * math.sin(a), y - r * math.cos(a)) for a in (0, 2 * math.pi / 3, 4 * math.pi / 3)]
        draw.polygon(corners, fill=colour)
    else:
        draw.rectangle((x - r / 4, y - r, x + r / 4, y + r), fill=colour)
        draw.rectangle((x - r, y - r / 4, x + r, y + r / 4), fill=colour)
