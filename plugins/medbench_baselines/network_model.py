"""The two networks in memory."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from medbench.errors import PluginError
from medbench.models import Prompt, Tap
from medbench.torchkit import ActivationsOnly, memory_errors, only_image, placement

if TYPE_CHECKING:
    from medbench_baselines.networks import Network

__all__ = ["NetworkModel", "load"]

SIDE = 224
MEAN, SPREAD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])


def load(handle: Network, devices: Sequence[str]) -> NetworkModel:
    """Build the network and fill it with its weights."""
    placement(devices[:1])
    with memory_errors():
        if handle.weights is None:
            network, pool = _random_vit(), _class_token
        else:
            network, pool = _efficientnet(str(handle.weights)), _mean_map
        return NetworkModel(network.eval().to(devices[0]), pool, devices[0])


class NetworkModel(ActivationsOnly):
    """A network and how its vector is read."""

    def __init__(self, network: Any, pool: Callable[[Any, Any], Any], device: str) -> None:
        self.network, self.pool, self.device = network, pool, device

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """Float32 (prompts, width) for the tap ``pooled``.

        Raises:
            PluginError: MB722, another tap; MB721, a prompt without exactly one image.
            MemoryError: the batch does not fit.
        """
        for tap in taps:
            if tap != Tap(None, "pooled"):
                raise PluginError("MB722", f"no tap {tap.name!r} here: pooled", where="baselines")
        pixels = np.stack([_pixels(only_image(prompt).image) for prompt in prompts])
        with memory_errors(), torch.inference_mode():
            found = self.pool(self.network, torch.from_numpy(pixels).to(self.device))
        return dict.fromkeys(taps, found.float().cpu().numpy())

    def close(self) -> None:
        """Drop the weights."""
        self.network = None


def _pixels(image: Image.Image) -> NDArray[np.float32]:
    small = image.convert("RGB").resize((SIDE, SIDE), Image.Resampling.BICUBIC)
    scaled = (np.asarray(small, dtype=np.float64) / 255 - MEAN) / SPREAD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1), dtype=np.float32)


def _random_vit() -> Any:
    from transformers import ViTConfig, ViTModel

    config = ViTConfig(hidden_size=192, num_hidden_layers=12, num_attention_heads=3, intermediate_size=768)
    network = ViTModel(config, add_pooling_layer=False)
    with torch.no_grad():
        for name, values in network.named_parameters():
            values.copy_(torch.from_numpy(_initial(name, tuple(values.shape))))
    return network


def _initial(name: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    """Biases 0, norms 1, all else normal with spread 0.02, the same in every release of torch."""
    if name.endswith("bias"):
        return np.zeros(shape, dtype=np.float32)
    if len(shape) == 1:
        return np.ones(shape, dtype=np.float32)
    key = int.from_bytes(hashlib.sha256(f"random-vit-1 {name}".encode()).digest()[:16], "little")
    size = int(np.prod(shape))
    raw = np.random.Philox(key=key).random_raw(2 * size)
    u = ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    normal = np.sqrt(-2.0 * np.log(u[:size])) * np.cos(2.0 * np.pi * u[size:])
    return (0.02 * normal).astype(np.float32).reshape(shape)


def _class_token(network: Any, pixels: Any) -> Any:
    return network(pixel_values=pixels).last_hidden_state[:, 0]


def _efficientnet(weights: str) -> Any:
    from efficientnet_lite_pytorch import EfficientNet

    network = EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(weights, map_location="cpu", weights_only=True))
    return network


def _mean_map(network: Any, pixels: Any) -> Any:
    return network.extract_features(pixels).mean(dim=(2, 3))
