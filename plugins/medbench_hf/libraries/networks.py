"""What a library builds for an architecture, and the outputs that can be read of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Network"]


@dataclass(frozen=True)
class Network:
    """A built network.

    Attributes:
        module: the whole torch module, for devices and dtypes.
        fill: reads weights from a file into it.
        prepare: a Pillow image to a float32 tensor (3, height, width), as the library does it.
        read: pixels (rows, 3, height, width) and names to tensors (rows, width) by name.
        preparation: what ``prepare`` does: size, interpolation, crop, mean, std.
        side: (3, height, width) of the pixels.
        construction: what it was built with beside its name; two of them may fit one file of weights.
    """

    module: Any
    fill: Callable[[Any], None]
    prepare: Callable[[Any], Any]
    read: Callable[[Any], dict[str, Any]]
    preparation: Mapping[str, Any]
    side: tuple[int, int, int]
    construction: Mapping[str, Any]
