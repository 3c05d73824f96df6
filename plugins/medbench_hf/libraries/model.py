"""An encoder of timm or open_clip in memory."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import torch
from numpy.typing import NDArray

from medbench.errors import PluginError
from medbench.models import Prompt, Tap
from medbench.torchkit import ActivationsOnly, memory_errors, only_image, placement
from medbench.torchkit.dtypes import torch_dtype
from medbench.torchkit.taps import host_array

if TYPE_CHECKING:
    import numpy as np

    from medbench_hf.libraries.handle import LibraryHandle
    from medbench_hf.libraries.networks import Network

__all__ = ["LibraryModel", "load"]


def load(handle: LibraryHandle, devices: Sequence[str]) -> LibraryModel:
    """Build, fill and place the network; torch's global seed stays as it was."""
    placement(devices[:1])
    with memory_errors(), torch.random.fork_rng(devices=[]):
        network = handle.build()
        network.fill(handle.file)
        network.module.eval().to(devices[0], torch_dtype(handle.dtype))
    return LibraryModel(handle, network, devices[0])


class LibraryModel(ActivationsOnly):
    """A network with its weights; ``device`` is where pixels go."""

    def __init__(self, handle: LibraryHandle, network: Network, device: str) -> None:
        self.handle, self.device = handle, device
        self.network: Network | None = network

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """The outputs asked for of each prompt's one image, (prompts, width); texts are not read.

        Raises:
            PluginError: MB722, another tap; MB721, a prompt without exactly one image.
            MemoryError: the batch does not fit.
        """
        known, library, network = self.handle.outputs, self.handle.library, self.network
        assert network is not None, "the model was closed"
        for tap in taps:
            if tap.block is not None or tap.pooling not in known:
                raise PluginError("MB722", f"no tap {tap.name!r} here: {', '.join(known)}", where=library)
        with memory_errors(), torch.inference_mode():
            images = [only_image(prompt).image.convert("RGB") for prompt in prompts]
            pixels = torch.stack([network.prepare(image) for image in images])
            found = network.read(pixels.to(self.device, torch_dtype(self.handle.dtype)))
            return {tap: host_array(found[tap.pooling]) for tap in taps}

    def close(self) -> None:
        """Drop the weights and hand their memory back to the device."""
        self.network = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()
