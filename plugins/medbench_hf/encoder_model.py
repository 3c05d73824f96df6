"""An image encoder in memory."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from transformers import AutoModel

from medbench.errors import PluginError
from medbench.models import Prompt, Tap
from medbench.torchkit import ActivationsOnly, memory_errors, only_image, placement
from medbench.torchkit.dtypes import torch_dtype
from medbench.torchkit.taps import host_array
from medbench_hf.encoder_outputs import leading_tokens, vision_config
from medbench_hf.loading import load_as_asked
from medbench_hf.processor import image_processor

if TYPE_CHECKING:
    import numpy as np

    from medbench_hf.encoder_handle import EncoderHandle

__all__ = ["EncoderModel", "load"]

# Families whose pooler is drawn at random where the weights were published without it.
POOLER_OPTIONAL = ("deit", "vit")


def load(handle: EncoderHandle, devices: Sequence[str]) -> EncoderModel:
    """Load the checkpoint and keep its image tower, and CLIP's projection."""
    options = {"dtype": torch_dtype(handle.dtype), **placement(devices[:1])}
    if handle.config.model_type in POOLER_OPTIONAL and not handle.has_pooler:
        options["add_pooling_layer"] = False
    whole = load_as_asked(AutoModel, handle, **options)
    two_towers = vision_config(handle.config) is not handle.config
    tower = whole.vision_model if two_towers else whole
    return EncoderModel(handle, tower, getattr(whole, "visual_projection", None), devices[0])


class EncoderModel(ActivationsOnly):
    """Image tower, projection if there is one, and image processor; ``device`` is where pixels go."""

    def __init__(self, handle: EncoderHandle, tower: Any, projection: Any, device: str) -> None:
        self.handle, self.tower, self.projection, self.device = handle, tower, projection, device
        self.processor = image_processor(handle.folder)

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """The outputs asked for of each prompt's one image, (prompts, width); texts are not read.

        Raises:
            PluginError: MB722, another tap; MB721, a prompt without exactly one image.
        """
        known = self.handle.outputs
        for tap in taps:
            if tap.block is not None or tap.pooling not in known:
                raise PluginError("MB722", f"no tap {tap.name!r} here: {', '.join(known)}", where="hf")
        images = [only_image(prompt).image for prompt in prompts]
        with memory_errors(), torch.inference_mode():
            pixels = self.processor(images=images, return_tensors="pt")["pixel_values"]
            found = self.tower(pixel_values=pixels.to(self.device, torch_dtype(self.handle.dtype)))
            return {tap: host_array(self._output(found, tap.pooling)) for tap in taps}

    def close(self) -> None:
        """Drop the weights and hand their memory back to the device."""
        self.tower = self.projection = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _output(self, found: Any, name: str) -> Any:
        states = found.last_hidden_state
        if name == "cls":
            return states[:, 0]
        if name == "mean":
            # A map (rows, channels, height, width), or tokens.
            patches = states.flatten(2).transpose(1, 2) if states.ndim == 4 else states
            return patches[:, leading_tokens(self.handle.config) :].mean(dim=1)
        pooled = self._pooled(found)
        return self.projection(pooled) if name == "projected" else pooled

    def _pooled(self, found: Any) -> Any:
        pooled = getattr(found, "pooler_output", None)
        if pooled is None and self.handle.config.model_type in POOLER_OPTIONAL:
            return found.last_hidden_state[:, 0]
        if pooled is None:
            raise PluginError("MB722", "this encoder pools to nothing: there is no pooler_output", where="hf")
        return pooled.flatten(1)
