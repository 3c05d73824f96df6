"""A vision-language model opened without its weights: config now, processor when it is first needed."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.errors import PluginError, UsageError
from medbench.models import Identity, Need, OpenOptions, Prompt, Tap
from medbench.torchkit import dtype_name, gib, weight_files
from medbench.torchkit.dtypes import GIB
from medbench.torchkit.poolings import POOLINGS, is_pooling
from medbench.torchkit.row_sampler import ROW_SAMPLER
from medbench.torchkit.tensor_sizes import tensor_sizes
from medbench.torchkit.tied_blocks import blocks_are_tied
from medbench_hf.identity import attention_name, identity
from medbench_hf.marks import Marks, read_marks
from medbench_hf.processor import load_processor
from medbench_hf.prompt_text import prompt_text

if TYPE_CHECKING:
    from medbench_hf.language_model import LanguageModel

__all__ = ["LanguageHandle"]

# Blocks of the decoder; the vision part's are under an ``encoder``, a ``blocks`` or a connector.
DECODER_BLOCK = re.compile(r"(?:language_model|text_model|^model)\.(?:model\.)?layers\.(\d+)\.")
HEAD = "lm_head"


class LanguageHandle:
    """One checkpoint folder and how it is to be read.

    Raises:
        UsageError: MB071, an unknown dtype; MB007, an unknown attention, or a pooling, which taps name.
    """

    outputs: tuple[str, ...] = ()

    def __init__(self, folder: Path, config: Any, options: OpenOptions) -> None:
        if "pooling" in options.extra:
            raise UsageError(
                "MB007", "pooling is for encoders; of a decoder the protocol says", "--model-args"
            )
        self.folder, self.config, self.text = folder, config, config.get_text_config()
        said = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.dtype = dtype_name(options.dtype, {**(said.get("text_config") or {}), **said})
        self.attention = attention_name(options)

    @property
    def blocks(self) -> int:
        """Decoder blocks."""
        return int(self.text.num_hidden_layers)

    @property
    def width(self) -> int:
        """Length of a block's output."""
        return int(self.text.hidden_size)

    def identity(self) -> Identity:
        """Digests of the folder's files, and every choice that is not in them."""
        return self._identity

    def render(self, prompt: Prompt) -> str:
        """The prompt as the processor gets it, one mark an image; loads the processor at the first call.

        Raises:
            PluginError: MB721, MB731, see ``prompt_text``.
        """
        return prompt_text(prompt, self.processor, self.marks)

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the prompt, those of its images included."""
        from medbench_hf.inputs import inputs

        return int(inputs(self, [prompt], "right")["input_ids"].shape[1])

    def memory_gib(self, need: Need) -> float:
        """Weights that ``need`` uses, in GiB: up to the deepest tap, or all blocks and the head."""
        sizes = tensor_sizes(self.folder)
        if not sizes:
            return sum(file.stat().st_size for file in weight_files(self.folder)) / GIB
        whole = need.generate or need.option_loglikelihood or not need.taps
        every = whole or blocks_are_tied(self.config)
        deepest = self.blocks - 1 if every else max(tap.block or 0 for tap in need.taps)
        used = (n for name, n in sizes.items() if _block(name) <= deepest and (whole or HEAD not in name))
        return gib(sum(used), self.dtype)

    def load(self, need: Need, devices: Sequence[str]) -> LanguageModel:
        """Load what ``need`` uses of the weights.

        Raises:
            DataError: MB655, the checkpoint lacks weights.
            PluginError: MB722 an unknown tap; MB732, MB734, the model cannot be run as asked.
            MemoryError: the model does not fit.
        """
        from medbench_hf.language_model import load

        for tap in need.taps:
            self.refuse_tap(tap)
        return load(self, need, devices)

    def refuse_tap(self, tap: Tap) -> None:
        """Raise for a tap that this model does not have.

        Raises:
            PluginError: MB722.
        """
        if tap.block is None or not 0 <= tap.block < self.blocks or not is_pooling(tap.pooling):
            known = f"block-0 to block-{self.blocks - 1}, each with {', '.join(POOLINGS)}"
            raise PluginError("MB722", f"no tap {tap.name!r} here: {known}", where="hf")

    @cached_property
    def processor(self) -> Any:
        """The model's processor, with images prepared by Pillow."""
        return load_processor(self.folder, self.config)

    @cached_property
    def marks(self) -> Marks:
        """The model's special texts."""
        return read_marks(self.processor)

    @cached_property
    def _identity(self) -> Identity:
        from medbench_hf.processor import backend, image_processor

        chosen = {
            "kind": "vision-language",
            "dtype": self.dtype,
            "attention": self.attention,
            "image_backend": backend(image_processor(self.folder)),
            "row_sampler": ROW_SAMPLER,
        }
        return identity(self.folder, chosen)


def _block(weight: str) -> int:
    found = DECODER_BLOCK.search(weight)
    return int(found[1]) if found else -1
