"""The sizes of an IDEFICS model, from its ``config.json``, and how many weights they make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

__all__ = ["Shape"]


@dataclass(frozen=True)
class Shape:
    """What the config says; absent keys have the defaults of transformers' ``IdeficsConfig``."""

    config: Mapping[str, Any]

    @property
    def blocks(self) -> int:
        """Decoder blocks."""
        return int(self.config.get("num_hidden_layers", 32))

    @property
    def width(self) -> int:
        """Length of a block's output."""
        return int(self.config.get("hidden_size", 4096))

    @property
    def interval(self) -> int:
        """A gated cross-attention block stands before every block that this divides."""
        return int(self.config.get("cross_layer_interval", 1))

    def parameters(self, blocks: int, head: bool) -> int:
        """Weights of the first ``blocks`` blocks with embeddings and vision, and with the LM head if asked.

        Norms and biases, below 0.1 % of an 80B model, are left out.
        """
        groups, rest = divmod(blocks, self.interval)
        whole = groups * self.parameters_of_group(self.interval)
        return whole + (self.parameters_of_group(rest) if rest else 0) + sum(self.parameters_outside(head))

    def parameters_of_group(self, blocks: int) -> int:
        """Weights of a gated block and the ``blocks`` decoder blocks that follow it."""
        h, mlp = self.width, 3 * self.width * int(self.config.get("intermediate_size", 11008))
        return int(2 * h * h + 2 * h * self._vision["embed_dim"] + mlp + blocks * (4 * h * h + mlp))

    def parameters_outside(self, head: bool) -> tuple[int, int]:
        """Weights before the first block (embeddings, vision, resampler) and after the last (the LM head)."""
        words = int(self.config.get("vocab_size", 32000)) + int(self.config.get("additional_vocab_size", 0))
        before = words * self.width + _vision(self._vision) + self._resampler(self._vision["embed_dim"])
        return before, words * self.width if head else 0

    @property
    def _vision(self) -> dict[str, Any]:
        defaults = {"embed_dim": 768, "num_hidden_layers": 32, "intermediate_size": 5120}
        return defaults | (self.config.get("vision_config") or {})

    def _resampler(self, e: int) -> int:
        if not self.config.get("use_resampler", False):
            return 0
        found = self.config.get("perceiver_config") or {}
        inner = found.get("resampler_n_heads", 16) * found.get("resampler_head_dim", 96)
        depth, latents = found.get("resampler_depth", 6), found.get("resampler_n_latents", 64)
        return int(depth * (4 * e * inner + 8 * e * e) + latents * e)


def _vision(vision: Mapping[str, Any]) -> int:
    e, patch = vision["embed_dim"], vision.get("patch_size", 14)
    patches = (vision.get("image_size", 224) // patch) ** 2
    layer = 4 * e * e + 2 * e * vision["intermediate_size"]
    return int(vision["num_hidden_layers"] * layer + 3 * patch * patch * e + (patches + 1) * e)
