"""The baselines as models: one named output, no weights, every device."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError
from medbench.models import Identity, ImagePart, Need, OpenOptions, Prompt, Tap
from medbench.torchkit import ActivationsOnly, ImageOnly, only_image
from medbench_baselines import colour_histogram, constant, image_stats, noise

__all__ = [
    "BaselineHandle",
    "BaselineModel",
    "open_colour_histogram",
    "open_image_stats",
    "open_majority",
    "open_random",
]

OUTPUT = "pooled"
Feature = Callable[[ImagePart], NDArray[np.float32]]


@dataclass(frozen=True)
class BaselineHandle(ImageOnly):
    """A function of one image.

    Attributes:
        name: the model's name.
        feature: one image -> float32 (width,).
        width: length of the vector.
        numerics_version: raised when the same image may give other numbers than before.
    """

    name: str
    feature: Feature
    width: int
    numerics_version: str
    outputs: tuple[str, ...] = (OUTPUT,)

    def identity(self) -> Identity:
        """Name and version of the arithmetic; there are no weights."""
        values = {"baseline": self.name, "dtype": "float32", "numerics_version": self.numerics_version}
        return Identity(values, {name: version(name) for name in ("numpy", "pillow")})

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """0: there are no weights."""
        return 0.0

    def load(self, need: Need, devices: Sequence[str]) -> BaselineModel:  # noqa: ARG002
        """Nothing to load.

        Raises:
            PluginError: MB724, anything but activations is asked for.
        """
        self.refuse_text(need, self.name)
        return BaselineModel(self)


@dataclass(frozen=True)
class BaselineModel(ActivationsOnly):
    """Applies the handle's function to the one image of each prompt."""

    handle: BaselineHandle

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """Float32 (prompts, width) for the tap ``pooled``.

        Raises:
            PluginError: MB722, another tap; MB721, a prompt without exactly one image.
        """
        for tap in taps:
            if tap != Tap(None, OUTPUT):
                raise PluginError("MB722", f"no tap {tap.name!r} here: {OUTPUT}", where=self.handle.name)
        rows = [self.handle.feature(only_image(prompt)) for prompt in prompts]
        stacked = np.stack(rows) if rows else np.empty((0, self.handle.width), np.float32)
        return dict.fromkeys(taps, stacked)

    def close(self) -> None:
        """Nothing to free."""


def _open(handle: BaselineHandle, _options: OpenOptions) -> BaselineHandle:
    return handle


open_image_stats = partial(
    _open, BaselineHandle("image-stats", image_stats.describe, len(image_stats.NAMES), "image-stats-1")
)
open_random = partial(_open, BaselineHandle("random", noise.draw, noise.WIDTH, "random-1"))
open_majority = partial(_open, BaselineHandle("majority", constant.one, 1, "majority-1"))
open_colour_histogram = partial(
    _open, BaselineHandle("colour-histogram", colour_histogram.count, colour_histogram.WIDTH, "colour-1")
)
