"""The model under test: opened and loaded once, for all tests."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from medbench.inference.calls import call_activations
from medbench.models import (
    Handle,
    Model,
    ModelCard,
    Need,
    OpenOptions,
    Prompt,
    Reply,
    Sampling,
    Tap,
    offered,
)
from medbench.testing.outcome import Failed, Skipped
from medbench.testing.prompts import case_prompt
from medbench.testing.tensors import tensor_mib

__all__ = ["LIGHT_GIB", "Subject"]

LIGHT_GIB = 4.0
"""A model with more weights is loaded once only: tests that need a second copy are skipped."""

HALF = ("bfloat16", "float16")


class Subject:
    """A card, how it is opened, and where it runs.

    Args:
        card: the model's card.
        options: as ``--model-args``.
        devices: torch device names; the first one is where inputs go.
        module: the plugin's module; empty looks for the entry point that gives it.
    """

    def __init__(
        self,
        card: ModelCard,
        options: OpenOptions | None = None,
        devices: Sequence[str] = ("cpu",),
        module: str = "",
    ) -> None:
        self.card, self.options = card, options or OpenOptions()
        self.devices, self.module = tuple(devices), module
        self.printed, self.forked = b"", False
        self._model: Model | None = None
        self.foreign_mib = 0.0

    def __str__(self) -> str:
        return self.card.name

    @cached_property
    def handle(self) -> Handle:
        """The model, opened without weights; from then on the card says what this checkpoint can do."""
        opened = self.card.open(self.options)
        self.card = replace(self.card, capabilities=offered(self.card, opened))
        return opened

    @property
    def need(self) -> Need:
        """Everything that the card offers."""
        _ = self.handle
        can = self.card.capabilities
        taps = self.taps if "activations" in can else ()
        return Need(taps, "generate" in can, "option_loglikelihood" in can)

    @property
    def taps(self) -> tuple[Tap, ...]:
        """First, middle and last block, or every named output; the last one is the deepest."""
        blocks = self.handle.blocks
        if blocks is None:
            return tuple(Tap(None, name) for name in self.handle.outputs)
        return tuple(Tap(block, "last") for block in sorted({0, blocks // 2, blocks - 1}))

    @property
    def light(self) -> bool:
        """Small enough to be loaded more than once."""
        return self.handle.memory_gib(self.need) <= LIGHT_GIB

    @property
    def half(self) -> bool:
        """Weights of 16 or 8 bits, where a batch of another size may change a late digit."""
        values = self.handle.identity().values
        return values.get("dtype") in HALF or values.get("quantization", "none") != "none"

    @property
    def reads_images(self) -> bool:
        """The card says that the model takes images."""
        return bool(self.card.inputs)

    @property
    def model(self) -> Model:
        """The model in memory, with everything that the card offers."""
        if self._model is None:
            self.foreign_mib = tensor_mib()
            self._model = self.handle.load(self.need, self.devices)
        return self._model

    @contextlib.contextmanager
    def another(self, need: Need, handle: Handle | None = None) -> Iterator[Model]:
        """A second copy for a while, of ``handle`` or of a fresh one.

        Raises:
            Skipped: the model is too large for that.
        """
        if not self.light:
            raise Skipped(f"a second copy of more than {LIGHT_GIB:g} GiB is not loaded")
        model = (handle or self.card.open(self.options)).load(need, self.devices)
        try:
            yield model
        finally:
            model.close()

    @contextlib.contextmanager
    def afresh(self) -> Iterator[None]:
        """A second copy of everything takes the loaded model's place for a while.

        Raises:
            Skipped: the model is too large for that.
        """
        with self.another(self.need) as model:
            kept, self._model = self._model, model
            try:
                yield
            finally:
                self._model = kept

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap] | None = None
    ) -> dict[str, NDArray[np.float32]]:
        """Float32 (prompts, width) by tap name, in one call."""
        return call_activations(self.model, prompts, self.taps if taps is None else taps)

    def replies(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64] | None = None
    ) -> list[list[Reply]]:
        """Replies in one call; without seeds one try a prompt."""
        given = np.arange(len(prompts), dtype=np.uint64)[:, None] if seeds is None else seeds
        found = self.model.generate(list(prompts), sampling, given)
        shape = [len(tries) for tries in found]
        if shape != [given.shape[1]] * len(prompts):
            raise Failed(f"generate gave {shape} replies for seeds {given.shape}")
        return found

    def case(self, seed: int, exemplars: int = 2) -> Prompt:
        """A case as the choice tasks ask it; with exemplars where the model takes several images."""
        return case_prompt(seed, exemplars=exemplars if "images" in self.card.inputs else 0)

    def cases(self, rows: int, first: int = 0) -> list[Prompt]:
        """Cases of different lengths and images."""
        return [self.case(first + i) for i in range(rows)]

    def drop(self) -> Model | None:
        """Forget the loaded model and return it, for whoever closes it."""
        model, self._model = self._model, None
        return model
