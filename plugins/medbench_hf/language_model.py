"""A vision-language model in memory: activations of decoder blocks, replies, and scores of options."""

from __future__ import annotations

import gc
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import torch
from numpy.typing import NDArray
from transformers import AutoModel, AutoModelForImageTextToText, GenerationConfig

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Reply, Sampling, Tap
from medbench.torchkit import memory_errors, placement, row_by_row
from medbench.torchkit.dtypes import torch_dtype
from medbench.torchkit.poolings import TokenKinds, pool
from medbench.torchkit.row_sampler import check_sampling
from medbench.torchkit.taps import host_array, read_layers
from medbench.torchkit.truncated import shortened
from medbench_hf.generation import draw
from medbench_hf.inputs import image_token_id, inputs
from medbench_hf.loading import load_as_asked
from medbench_hf.option_scores import score_options

if TYPE_CHECKING:
    import numpy as np

    from medbench_hf.language_handle import LanguageHandle

__all__ = ["LanguageModel", "load"]


def load(handle: LanguageHandle, need: Need, devices: Sequence[str]) -> LanguageModel:
    """Load the whole model to generate or score, else up to the deepest tap, without the head."""
    options = {"dtype": torch_dtype(handle.dtype), **placement(devices)}
    if need.generate or need.option_loglikelihood or not need.taps:
        model = load_as_asked(AutoModelForImageTextToText, handle, **options)
        # The checkpoint's own generation settings must not leak into ours.
        model.generation_config = GenerationConfig()
        return LanguageModel(handle, model, True, devices[0])
    config = shortened(handle.config, 1 + max(tap.block or 0 for tap in need.taps))
    model = load_as_asked(AutoModel, handle, config=config, **options)
    return LanguageModel(handle, model, False, devices[0])


class LanguageModel:
    """A model of transformers.

    Args:
        body: the model, perhaps with fewer blocks than it has.
        writes: whether it has its head.
        device: where inputs go.

    Raises:
        PluginError: MB732, its decoder cannot be found.
    """

    def __init__(self, handle: LanguageHandle, body: Any, writes: bool, device: str) -> None:
        self.handle, self.body, self.writes, self.device = handle, body, writes, device
        self.layers: Any = getattr(body.get_decoder(), "layers", None)
        if not self.layers:
            message = f"no decoder blocks are found in {type(body).__name__}"
            raise PluginError("MB732", message, where="hf")

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """Output of each tap's block, pooled, (prompts, width); nothing later is computed.

        Float32, or float16 for a float16 model. The batch is padded on the right and read by its mask.

        Raises:
            PluginError: MB722, a tap that the model does not have, or that is not loaded; MB721, a prompt
                lacks what a pooling reads.
        """
        for tap in taps:
            self.handle.refuse_tap(tap)
            if tap.block is not None and tap.block >= len(self.layers):
                raise PluginError("MB722", f"block {tap.block} was not loaded", where="hf")
        with memory_errors():
            made = self.inputs(prompts, "right")
            kinds = TokenKinds(made["attention_mask"].bool(), made["input_ids"] == self._image_token())
            asked = {tap.block: [t for t in taps if t.block == tap.block] for tap in taps}

            def keep(block: int) -> Any:
                return lambda hidden: {tap: pool(hidden, tap.pooling, kinds) for tap in asked[block]}

            blocks = {int(block): keep(block) for block in asked if block is not None}
            read = read_layers(self.layers, blocks, lambda: self.body(**made, use_cache=False))
        return {tap: host_array(vectors) for found in read.values() for tap, vectors in found.items()}

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
    ) -> list[list[Reply]]:
        """Replies for ``seeds`` uint64 (prompts, k): greedy for ``top_k=0``, else drawn row by row.

        A row that raises alone gets k replies that finish with ``error``; the others keep theirs.

        Raises:
            PluginError: MB727, the model was loaded without its head.
            ValueError: a temperature that is not above 0.
            MemoryError: the batch does not fit.
        """
        self._needs_head()
        if sampling.top_k:
            check_sampling(sampling)

        def batch(rows: Sequence[int]) -> list[list[Reply]]:
            with memory_errors():
                return draw(self, [prompts[row] for row in rows], sampling, seeds[list(rows)])

        return row_by_row(batch, len(prompts), failed=[Reply("", 0, "error")] * seeds.shape[1])

    def option_loglikelihood(
        self, prompts: Sequence[Prompt], options: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Sum of natural log-probabilities and token count of each option, each (prompts, options).

        Raises:
            PluginError: MB727, the model was loaded without its head.
            MemoryError: the batch does not fit.
        """
        self._needs_head()
        with memory_errors():
            return score_options(self, prompts, options)

    def inputs(self, prompts: Sequence[Prompt], padding_side: str) -> dict[str, Any]:
        """What the processor makes of ``prompts``, on the device and in the model's precision."""
        dtype = torch_dtype(self.handle.dtype)
        return {
            name: tensor.to(self.device, dtype) if tensor.is_floating_point() else tensor.to(self.device)
            for name, tensor in inputs(self.handle, prompts, padding_side).items()
        }

    def close(self) -> None:
        """Drop the weights and hand their memory back to the device."""
        self.body = self.layers = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _image_token(self) -> int:
        found = image_token_id(self.handle.config)
        return -1 if found is None else found

    def _needs_head(self) -> None:
        if not self.writes:
            raise PluginError("MB727", "this model was loaded for activations only", where="hf")
