"""A CLIP vision tower in memory."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from transformers import AutoImageProcessor, CLIPModel

from medbench.errors import PluginError
from medbench.models import Prompt, Tap
from medbench.torchkit import ActivationsOnly, memory_errors, only_image, placement
from medbench.torchkit.dtypes import torch_dtype
from medbench.torchkit.loading import load_whole
from medbench.torchkit.taps import host_array
from medbench_clip.handle import ATTENTION, OUTPUTS

if TYPE_CHECKING:
    import numpy as np

    from medbench_clip.handle import ClipHandle

__all__ = ["ClipModel", "load"]


def load(handle: ClipHandle, devices: Sequence[str]) -> ClipModel:
    """Load the checkpoint and keep its vision tower and projection.

    Images are prepared by Pillow also where torchvision is installed: the two give different pixels, and an
    installed package must not change a score.
    """
    dtype = torch_dtype(handle.dtype)
    options = {"dtype": dtype, "attn_implementation": ATTENTION, **placement(devices[:1])}
    whole = load_whole(CLIPModel, handle.folder, **options)
    processor = AutoImageProcessor.from_pretrained(handle.folder, backend="pil", local_files_only=True)
    return ClipModel(whole.vision_model, whole.visual_projection, processor, devices[0])


class ClipModel(ActivationsOnly):
    """Vision tower, projection and image processor; ``device`` is where pixels go."""

    def __init__(self, vision: Any, projection: Any, processor: Any, device: str) -> None:
        self.vision, self.projection, self.processor, self.device = vision, projection, processor, device

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """``pooled`` and ``projected`` of each prompt's one image, (prompts, width); texts are not read.

        Raises:
            PluginError: MB722, another tap; MB721, a prompt without exactly one image.
        """
        for tap in taps:
            if tap.block is not None or tap.pooling not in OUTPUTS:
                raise PluginError("MB722", f"no tap {tap.name!r} here: {', '.join(OUTPUTS)}", where="clip")
        images = [only_image(prompt).image for prompt in prompts]
        with memory_errors(), torch.inference_mode():
            pixels = self.processor(images=images, return_tensors="pt")["pixel_values"]
            pixels = pixels.to(self.device, self.projection.weight.dtype)
            pooled = self.vision(pixel_values=pixels).pooler_output
            outputs = {"pooled": lambda: pooled, "projected": lambda: self.projection(pooled)}
            return {tap: host_array(outputs[tap.pooling]()) for tap in taps}

    def close(self) -> None:
        """Drop the weights and hand their memory back to the device."""
        self.vision = self.projection = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
