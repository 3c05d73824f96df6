"""An encoder of timm or open_clip, opened without its weights."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from medbench.models import Identity, Need, OpenOptions
from medbench.torchkit import ImageOnly, dtype_name, gib
from medbench.torchkit.file_digest import file_digest
from medbench_hf.encoder_outputs import asked
from medbench_hf.libraries.networks import Network

if TYPE_CHECKING:
    from medbench_hf.libraries.model import LibraryModel

__all__ = ["LibraryHandle"]

# Raised when the same weights and images may give other numbers than before.
NUMERICS_VERSION = "image-libraries-1"
PACKAGES = {"timm": ("timm",), "open_clip": ("open_clip_torch", "timm")}
ALSO = ("torch", "torchvision", "pillow", "numpy")


class LibraryHandle(ImageOnly):
    """One file of weights, and how the library builds what they are for.

    Args:
        library: ``timm`` or ``open_clip``.
        file: the weights.
        options: ``dtype``, and ``pooling`` in ``extra``.
        build: makes the network with random weights, on torch's current device.

    Raises:
        UsageError: MB071, an unknown dtype; MB007, an unknown pooling.
    """

    capabilities = frozenset({"activations"})

    def __init__(self, library: str, file: Path, options: OpenOptions, build: Callable[[], Network]) -> None:
        self.library, self.file, self.build = library, file, build
        self.dtype = dtype_name(options.dtype, {})
        self.architecture, self.tag = options.address or "", options.extra.get("pretrained", "")
        self.outputs = asked(tuple(self.widths), options.extra.get("pooling"))

    @property
    def width(self) -> int:
        """Length of the first output."""
        return self.widths[self.outputs[0]]

    def identity(self) -> Identity:
        """Digest of the weights, architecture, and how the library prepares images."""
        return self._identity

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """All weights, in GiB."""
        return gib(sum(p.numel() for p in self.blank.module.parameters()), self.dtype)

    def load(self, need: Need, devices: Sequence[str]) -> LibraryModel:
        """Build the network, fill it and move it to the first device.

        Raises:
            DataError: MB655, MB656, the weights do not fit or cannot be read.
            PluginError: MB724, anything but activations is asked for.
        """
        self.refuse_text(need, self.library)
        from medbench_hf.libraries.model import load

        return load(self, devices)

    @cached_property
    def blank(self) -> Network:
        """The network on torch's meta device: shapes, and no memory."""
        import torch

        with torch.device("meta"), torch.random.fork_rng(devices=[]):
            return self.build()

    @cached_property
    def widths(self) -> dict[str, int]:
        """Length of each output, found by a run without numbers."""
        import torch

        with torch.inference_mode():
            found = self.blank.read(torch.empty(1, *self.blank.side, device="meta"))
        return {name: int(values.shape[-1]) for name, values in found.items()}

    @cached_property
    def _identity(self) -> Identity:
        values = {
            "kind": f"{self.library} encoder",
            "architecture": str(self.blank.module.__class__.__name__) + f" {self.architecture}",
            "weights": file_digest(self.file),
            "construction": json.dumps(dict(self.blank.construction), sort_keys=True, default=str),
            "image_preparation": json.dumps(dict(self.blank.preparation), sort_keys=True, default=str),
            "dtype": self.dtype,
            "numerics_version": NUMERICS_VERSION,
        }
        named = {name: version(name) for name in (*PACKAGES[self.library], *ALSO)}
        return Identity(values, named | ({"weights_tag": self.tag} if self.tag else {}))
