"""IDEFICS opened without its weights: config and marks by json; the processor when tokens are counted."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cached_property, partial
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from medbench.errors import DataError, PluginError, UsageError
from medbench.models import Identity, Need, OpenOptions, Prompt
from medbench.torchkit import (
    dtype_name,
    files_digest,
    gib,
    local_checkpoint,
    refuse_other_architecture,
    weight_files,
    weights_digest,
)
from medbench.torchkit.row_sampler import ROW_SAMPLER
from medbench_idefics.marks import Marks
from medbench_idefics.prompt_format import items, rendered
from medbench_idefics.shape import Shape

if TYPE_CHECKING:
    from medbench_idefics.model import IdeficsModel

__all__ = ["ATTENTION", "IdeficsHandle", "open_9b", "open_9b_instruct", "open_80b", "open_80b_instruct"]

# Raised when the same weights, processor and prompt may give other numbers than before.
NUMERICS_VERSION = "1"
ATTENTION = "sdpa"
PROCESSOR_FILES = (
    "added_tokens.json",
    "preprocessor_config.json",
    "processor_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer.model",
    "tokenizer_config.json",
)
PACKAGES = ("torch", "transformers", "tokenizers", "accelerate", "pillow", "numpy")
LICENCE = "IDEFICS licence with LLaMA's non-commercial terms"


class IdeficsHandle:
    """One checkpoint folder and how it is to be read.

    Raises:
        DataError: MB658, int8 without the package that does it.
        PluginError: MB723, a quantisation that this plugin does not offer.
        UsageError: MB071, an unknown dtype; MB007, attention that is neither masked nor open.
    """

    outputs: tuple[str, ...] = ()

    def __init__(self, folder: Path, options: OpenOptions) -> None:
        self.quantization = _quantization(options)
        self.folder = folder
        refuse_other_architecture(folder, "idefics")
        config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
        self.shape, self.marks = Shape(config), Marks.read(folder)
        self.dtype = dtype_name(options.dtype, config)
        self.attention_before_first_image = _attention(options)

    @property
    def blocks(self) -> int:
        """Decoder blocks."""
        return self.shape.blocks

    @property
    def width(self) -> int:
        """Length of a block's output."""
        return self.shape.width

    def identity(self) -> Identity:
        """Digests of weights, config and processor, and every choice that is not in those files."""
        return self._identity

    def render(self, prompt: Prompt) -> str:
        """The prompt as the tokenizer reads it, image marks included.

        Raises:
            PluginError: MB721, a text holds one of the model's own marks.
        """
        return rendered(items(prompt, self.marks), self.marks)

    def count_tokens(self, prompt: Prompt) -> int:
        """Tokens of the rendered prompt; loads the processor at the first call."""
        return len(self.processor.tokenizer(self.render(prompt), add_special_tokens=False)["input_ids"])

    def memory_gib(self, need: Need) -> float:
        """Weights that ``need`` uses, in GiB: up to the deepest tap, or all blocks and the head."""
        blocks = self.blocks if need.generate or not need.taps else 1 + max(t.block or 0 for t in need.taps)
        # LLM.int8 keeps embeddings and head as they are; they are 1 % of an 80B model
        stored = self.dtype if self.quantization == "none" else "int8"
        return gib(self.shape.parameters(blocks, head=need.generate), stored)

    def load(self, need: Need, devices: Sequence[str]) -> IdeficsModel:
        """Load what ``need`` uses of the weights.

        Raises:
            DataError: MB655, the checkpoint lacks weights.
            PluginError: MB724, option log-likelihood is asked for.
            MemoryError: the model does not fit.
        """
        if need.option_loglikelihood:
            raise PluginError("MB724", "option_loglikelihood is not offered by this plugin", where="idefics")
        from medbench_idefics.model import load

        return load(self, need, devices)

    @cached_property
    def processor(self) -> Any:
        """The ``IdeficsProcessor``, with images prepared by Pillow.

        transformers prefers torchvision where it is installed, and the two give different pixels: an
        installed package must not change a score.
        """
        from transformers import AutoImageProcessor, AutoTokenizer, IdeficsProcessor

        images = AutoImageProcessor.from_pretrained(self.folder, backend="pil", local_files_only=True)
        tokenizer = AutoTokenizer.from_pretrained(self.folder, local_files_only=True)
        if tokenizer.pad_token is None:
            # Some folders name none. Padding is masked, so any token will do.
            tokenizer.pad_token = tokenizer.unk_token or tokenizer.eos_token
        return IdeficsProcessor(images, tokenizer, add_end_of_utterance_token=False)

    @cached_property
    def _identity(self) -> Identity:
        values = {
            "weights": weights_digest(self.folder),
            "config": files_digest(self.folder, ("config.json",)),
            "processor": files_digest(self.folder, PROCESSOR_FILES),
            "image_backend": "pil",
            "dtype": self.dtype,
            "quantization": self.quantization,
            "attention": ATTENTION,
            "attention_before_first_image": self.attention_before_first_image,
            "row_sampler": ROW_SAMPLER,
            "numerics_version": f"idefics-{NUMERICS_VERSION}",
        }
        commit = self.folder.name if self.folder.parent.name == "snapshots" else "local folder"
        files = ", ".join(file.name for file in weight_files(self.folder))
        packages = (*PACKAGES, *(("bitsandbytes",) if self.quantization == "int8" else ()))
        provenance = {name: version(name) for name in packages} | {"revision": commit, "weight_files": files}
        return Identity(values, provenance)


def _quantization(options: OpenOptions) -> str:
    said = options.quantization or "none"
    if said not in ("none", "int8"):
        raise PluginError(
            "MB723",
            f"quantization {said!r} is not offered by this plugin",
            where="--model-args quantization=",
            hint="it offers int8 and none",
        )
    if said == "int8" and find_spec("bitsandbytes") is None:
        hint = "pip install 'medbench[int8]', or --model-args quantization=none (the record is then open)"
        raise DataError("MB658", "8-bit weights need the package bitsandbytes", hint=hint)
    return said


def _attention(options: OpenOptions) -> str:
    said = options.extra.get("attention_before_first_image", "masked")
    if said not in ("masked", "open"):
        what = f"attention_before_first_image is {said!r}, expected masked or open"
        raise UsageError("MB007", what, where="--model-args")
    return said


def _open(address: str, options: OpenOptions) -> IdeficsHandle:
    return IdeficsHandle(local_checkpoint(options, address, LICENCE), options)


open_80b_instruct = partial(_open, "HuggingFaceM4/idefics-80b-instruct")
open_9b_instruct = partial(_open, "HuggingFaceM4/idefics-9b-instruct")
open_80b = partial(_open, "HuggingFaceM4/idefics-80b")
open_9b = partial(_open, "HuggingFaceM4/idefics-9b")
