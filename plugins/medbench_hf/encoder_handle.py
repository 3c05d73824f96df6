"""An image encoder opened without its weights."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.models import Identity, Need, OpenOptions
from medbench.torchkit import ImageOnly, dtype_name, gib, weight_files
from medbench.torchkit.dtypes import GIB
from medbench.torchkit.tensor_sizes import tensor_sizes
from medbench_hf.encoder_outputs import CONVOLUTIONAL, asked, output_names, width
from medbench_hf.identity import attention_name, identity
from medbench_hf.processor import backend, image_processor

if TYPE_CHECKING:
    from medbench_hf.encoder_model import EncoderModel

__all__ = ["EncoderHandle"]

# Weights of the other tower in a model of two.
TEXT_TOWER = ("text_model.", "text_projection.")


class EncoderHandle(ImageOnly):
    """One checkpoint folder and how it is to be read.

    Its card was made from a name, which does not tell an encoder: ``capabilities`` does.

    ``pooled`` is what the model itself pools to, its ``pooler_output``; where a ViT was published without
    its pooler, the class token after the last norm. ``cls`` is the class token and ``mean`` the mean of the
    patches in ``last_hidden_state``. ``projected`` is CLIP's, before it is normalised.

    Raises:
        UsageError: MB071, an unknown dtype; MB007, an unknown attention or pooling.
    """

    capabilities = frozenset({"activations"})

    def __init__(self, folder: Path, config: Any, options: OpenOptions) -> None:
        self.folder, self.config = folder, config
        said = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dtype, attention = dtype_name(options.dtype, said), attention_name(options)
        self.attention = "none" if config.model_type in CONVOLUTIONAL else attention
        self.outputs = asked(output_names(config), options.extra.get("pooling"))

    @property
    def width(self) -> int:
        """Length of the first output."""
        return width(self.config, self.outputs[0])

    def identity(self) -> Identity:
        """Digests of the folder's files, and every choice that is not in them."""
        return self._identity

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """Weights of the image tower, in GiB."""
        sizes = self.sizes
        if not sizes:
            return sum(file.stat().st_size for file in weight_files(self.folder)) / GIB
        return gib(sum(n for name, n in sizes.items() if not name.startswith(TEXT_TOWER)), self.dtype)

    def load(self, need: Need, devices: Sequence[str]) -> EncoderModel:
        """Load the weights onto the first device.

        Raises:
            DataError: MB655, the checkpoint lacks weights.
            PluginError: MB724, anything but activations is asked for; MB732, MB734, it cannot be run so.
        """
        self.refuse_text(need, "hf")
        from medbench_hf.encoder_model import load

        return load(self, devices)

    @cached_property
    def sizes(self) -> dict[str, int]:
        """Number of values by name of weight; empty where the weights are no safetensors."""
        return tensor_sizes(self.folder)

    @property
    def has_pooler(self) -> bool:
        """Whether a pooler is among the weights; taken for granted where they cannot be looked at."""
        return not self.sizes or any("pooler." in name for name in self.sizes)

    @cached_property
    def _identity(self) -> Identity:
        chosen = {
            "kind": "encoder",
            "dtype": self.dtype,
            "attention": self.attention,
            "image_backend": backend(image_processor(self.folder)),
        }
        return identity(self.folder, chosen)
