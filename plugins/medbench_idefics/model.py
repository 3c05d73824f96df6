"""IDEFICS in memory: activations of decoder blocks, and replies."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import BitsAndBytesConfig, GenerationConfig, IdeficsForVisionText2Text
from transformers import IdeficsModel as Decoder

from medbench.errors import PluginError
from medbench.models import Need, Prompt, Reply, Sampling, Tap
from medbench.torchkit import memory_errors, placement, row_by_row
from medbench.torchkit.dtypes import gib, torch_dtype
from medbench.torchkit.loading import load_whole
from medbench.torchkit.row_sampler import check_sampling
from medbench.torchkit.taps import host_array, read_blocks
from medbench.torchkit.truncated import cut, truncation
from medbench_idefics.device_map import device_map
from medbench_idefics.generation import draw
from medbench_idefics.prompt_format import items, processor_items

if TYPE_CHECKING:
    from medbench_idefics.handle import IdeficsHandle

__all__ = ["IdeficsModel", "load"]


def load(handle: IdeficsHandle, need: Need, devices: Sequence[str]) -> IdeficsModel:
    """Load the whole model to generate, else the decoder up to the deepest tap, without the head."""
    from medbench_idefics.handle import ATTENTION

    options = {"dtype": torch_dtype(handle.dtype), "attn_implementation": ATTENTION}
    if handle.quantization == "int8":
        options["quantization_config"] = _int8()
    if need.generate or not need.taps:
        options |= _placement(handle, handle.blocks, devices, head=True)
        model = load_whole(IdeficsForVisionText2Text, handle.folder, **options)
        # The checkpoint's own generation settings must not leak into ours.
        model.generation_config = GenerationConfig()
        _attention(handle, model.model)
        return IdeficsModel(handle, model.model, model, devices[0])
    deepest = max(_block(tap, handle.blocks) for tap in need.taps)
    part = truncation(deepest, handle.blocks, handle.shape.interval)
    options |= _placement(handle, part.load, devices, head=False)
    decoder = load_whole(Decoder, handle.folder, num_hidden_layers=part.load, **options)
    cut(decoder, part.keep)
    _attention(handle, decoder)
    return IdeficsModel(handle, decoder, None, devices[0])


def _placement(handle: IdeficsHandle, blocks: int, devices: Sequence[str], head: bool) -> dict[str, Any]:
    """One device takes all; several share it so that no gated block is away from its neighbours."""
    placed = placement(devices)
    free = placed.get("max_memory")
    if free is None:
        # bitsandbytes converts weights where they are placed, so the place has to be named
        return placed if placed or handle.quantization == "none" else {"device_map": {"": devices[0]}}
    size = gib(1, "int8" if handle.quantization == "int8" else handle.dtype) * 1024**3
    return {"device_map": device_map(handle.shape, blocks, free, size, head), "max_memory": free}


def _int8() -> BitsAndBytesConfig:
    """LLM.int8 as the published scripts loaded the weights (Dettmers et al. 2022; outliers above 6.0)."""
    # it says with every batch that it computes in float16, which is what was asked for
    logging.getLogger("bitsandbytes.autograd._functions").setLevel(logging.ERROR)
    return BitsAndBytesConfig(
        load_in_8bit=True, llm_int8_threshold=6.0, llm_int8_skip_modules=["lm_head", "embed_tokens"]
    )


def _attention(handle: IdeficsHandle, decoder: Any) -> None:
    """Where asked, let text before the first image attend to all images, as transformers did up to 4.34.

    Later releases set what such text reads of the images to zero (huggingface/transformers, issue 26428).
    """
    if handle.attention_before_first_image == "open":
        for layer in decoder.gated_cross_attn_layers:
            layer.register_forward_pre_hook(_open_gate, with_kwargs=True)


def _open_gate(_layer: Any, args: Any, kwargs: dict[str, Any]) -> tuple[Any, dict[str, Any]]:
    return args, {**kwargs, "cross_attention_gate": torch.ones_like(kwargs["cross_attention_gate"])}


class IdeficsModel:
    """A decoder, and around it the model with a head if replies are wanted.

    Args:
        decoder: transformers' ``IdeficsModel``, perhaps cut after some block.
        generator: ``IdeficsForVisionText2Text`` around it, or ``None``.
        device: where inputs go.
    """

    def __init__(self, handle: IdeficsHandle, decoder: Any, generator: Any, device: str) -> None:
        self.handle, self.decoder, self.generator, self.device = handle, decoder, generator, device
        # LLM.int8 keeps the columns apart that are large in any row of the batch, so each row is a batch
        self.alone = handle.quantization == "int8"

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """Output of each tap's block at the last prompt token, (prompts, width); nothing later is computed.

        Float32, or float16 for a float16 model. The batch is padded on the right and read by its mask.

        Raises:
            PluginError: MB722, a tap that is no block read at its last token, or is not loaded.
        """
        if self.alone and len(prompts) > 1:
            rows = [self.activations([prompt], taps) for prompt in prompts]
            return {tap: np.concatenate([row[tap] for row in rows]) for tap in taps}
        blocks = {tap: _block(tap, len(self.decoder.layers)) for tap in taps}
        with memory_errors():
            inputs = self.inputs(prompts, "right")
            layers, mask = self.decoder.layers, inputs["attention_mask"]
            read = read_blocks(
                layers, set(blocks.values()), mask, lambda: self.decoder(**inputs, use_cache=False)
            )
        return {tap: host_array(read[block]) for tap, block in blocks.items()}

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
    ) -> list[list[Reply]]:
        """Replies for ``seeds`` uint64 (prompts, k): greedy for ``top_k=0``, else drawn row by row.

        A batch that raises is run again row by row, and a row that raises alone gets k replies that finish
        with ``error``. Rows do not depend on each other, so the others' replies are those of the batch.

        Raises:
            PluginError: MB727, the model was loaded without its head.
            ValueError: a temperature that is not above 0.
            MemoryError: the batch does not fit.
        """
        if self.generator is None:
            raise PluginError("MB727", "this model was loaded for activations only", where="idefics")
        if sampling.top_k:
            check_sampling(sampling)

        def alone(row: int, attempt: int) -> Reply:
            return draw(self, [prompts[row]], sampling, seeds[row : row + 1, attempt : attempt + 1])[0][0]

        def batch(rows: Sequence[int]) -> list[list[Reply]]:
            with memory_errors():
                if self.alone:
                    return [[alone(row, n) for n in range(seeds.shape[1])] for row in rows]
                return draw(self, [prompts[row] for row in rows], sampling, seeds[list(rows)])

        return row_by_row(batch, len(prompts), failed=[Reply("", 0, "error")] * seeds.shape[1])

    def option_loglikelihood(self, *_: object, **__: object) -> NoReturn:
        """Not offered; the card does not list it.

        Raises:
            PluginError: MB724, always.
        """
        raise PluginError("MB724", "option_loglikelihood is not offered by this plugin", where="idefics")

    def inputs(self, prompts: Sequence[Prompt], padding_side: str) -> dict[str, Any]:
        """Ids and masks (prompts, length), pixels (prompts, images, 3, h, w), image mask, on the device."""
        processor, marks = self.handle.processor, self.handle.marks
        made = processor(
            text=[processor_items(items(prompt, marks)) for prompt in prompts],
            # Every token is written by us; the processor's own guess differs between releases.
            add_end_of_utterance_token=False,
            padding="longest",
            padding_side=padding_side,
            return_tensors="pt",
        )
        return {name: tensor.to(self.device) for name, tensor in made.items()}

    def close(self) -> None:
        """Drop the weights and hand their memory back to the device."""
        self.decoder = self.generator = None
        gc.collect()
        if torch.cuda.is_available():
            torch.cuda.empty_cache()


def _block(tap: Tap, blocks: int) -> int:
    if tap.block is None or tap.pooling != "last" or not 0 <= tap.block < blocks:
        known = f"block-0.last to block-{blocks - 1}.last"
        raise PluginError("MB722", f"no tap {tap.name!r} here: {known}", where="idefics")
    return tap.block
