"""A CLIP checkpoint opened without its weights: config by json, nothing else."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.errors import PluginError
from medbench.models import Identity, Need, OpenOptions
from medbench.torchkit import (
    ImageOnly,
    dtype_name,
    files_digest,
    gib,
    local_checkpoint,
    refuse_other_architecture,
    weight_files,
    weights_digest,
)

if TYPE_CHECKING:
    from medbench_clip.model import ClipModel

__all__ = ["ATTENTION", "OUTPUTS", "ClipHandle", "open_clip", "open_plip"]

# Raised when the same weights, processor and image may give other numbers than before.
NUMERICS_VERSION = "1"
ATTENTION = "sdpa"
OUTPUTS = ("pooled", "projected")
PROCESSOR_FILES = ("preprocessor_config.json", "processor_config.json")
PACKAGES = ("torch", "transformers", "accelerate", "pillow", "numpy")


class ClipHandle(ImageOnly):
    """One checkpoint folder and how it is to be read.

    ``pooled`` is the vision tower's pooler output (class token after the last layer norm); ``projected`` is
    that times the projection, which CLIP compares with texts. Neither is normalised to unit length.

    Raises:
        PluginError: MB723, a quantisation that this plugin does not offer.
        UsageError: MB071, an unknown dtype.
    """

    outputs: tuple[str, ...] = OUTPUTS

    def __init__(self, folder: Path, options: OpenOptions) -> None:
        if options.quantization is not None:
            raise PluginError(
                "MB723",
                f"quantization {options.quantization!r} is not offered by this plugin",
                where="--model-args quantization=",
                hint="leave it out",
            )
        self.folder = folder
        refuse_other_architecture(folder, "clip")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dtype = dtype_name(options.dtype, config)
        defaults = {"hidden_size": 768, "num_hidden_layers": 12, "intermediate_size": 3072}
        self.vision: dict[str, Any] = defaults | (config.get("vision_config") or {})

    @property
    def width(self) -> int:
        """Length of ``pooled``."""
        return int(self.vision["hidden_size"])

    def identity(self) -> Identity:
        """Digests of weights, config and image preparation, and every choice that is not in those files."""
        return self._identity

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """Weights of the vision tower's blocks, in GiB; embeddings and projection are under 5 % of them."""
        e, layers = self.width, int(self.vision["num_hidden_layers"])
        return gib(layers * (4 * e * e + 2 * e * int(self.vision["intermediate_size"])), self.dtype)

    def load(self, need: Need, devices: Sequence[str]) -> ClipModel:
        """Load the weights onto the first device.

        Raises:
            DataError: MB655, the checkpoint lacks weights.
            PluginError: MB724, anything but activations is asked for.
        """
        self.refuse_text(need, "clip")
        from medbench_clip.model import load

        return load(self, devices)

    @cached_property
    def _identity(self) -> Identity:
        values = {
            "weights": weights_digest(self.folder),
            "config": files_digest(self.folder, ("config.json",)),
            "processor": files_digest(self.folder, PROCESSOR_FILES),
            "image_backend": "pil",
            "dtype": self.dtype,
            "quantization": "none",
            "attention": ATTENTION,
            "numerics_version": f"clip-{NUMERICS_VERSION}",
        }
        commit = self.folder.name if self.folder.parent.name == "snapshots" else "local folder"
        files = ", ".join(file.name for file in weight_files(self.folder))
        provenance = {name: version(name) for name in PACKAGES} | {"revision": commit, "weight_files": files}
        return Identity(values, provenance)


def _open(address: str, licence: str, options: OpenOptions) -> ClipHandle:
    return ClipHandle(local_checkpoint(options, address, licence), options)


open_clip = partial(_open, "openai/clip-vit-base-patch32", "MIT")
open_plip = partial(_open, "vinid/plip", "not stated by its authors")
