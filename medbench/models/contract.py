"""The model contract, ``plugin_api = 1``: card -> cheap handle -> heavy model (``docs/architecture.md``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from medbench.models.need import Need, Reply, Sampling, Tap
from medbench.models.prompt import Prompt

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from medbench.models.card import Capability, ModelCard

__all__ = ["PLUGIN_API", "Handle", "Identity", "Model", "offered"]

PLUGIN_API = 1


@dataclass(frozen=True)
class Identity:
    """What a model is.

    Attributes:
        values: everything that can change an output: weights digest, dtype, quantisation, processor,
            attention, the plugin's ``numerics_version``. These key the store.
        provenance: package versions and the like; goes into the record only.
    """

    values: Mapping[str, str]
    provenance: Mapping[str, str] = field(default_factory=dict)


class Handle(Protocol):
    """An opened model without weights in memory. Cheap: a config and, when first needed, a processor.

    A handle may have ``capabilities``, a frozenset, where its card could not know them (see ``offered``).
    """

    @property
    def blocks(self) -> int | None:
        """Number of decoder blocks; ``None`` for an encoder."""

    @property
    def width(self) -> int:
        """Length of an activation vector at a block, or at the encoder's first output."""

    @property
    def outputs(self) -> tuple[str, ...]:
        """Named outputs of an encoder (``pooled``, ``projected``); empty for a decoder."""

    def identity(self) -> Identity:
        """What keys the store and what the record says."""

    def render(self, prompt: Prompt) -> str:
        """The prompt as the model will read it, with the model's own image marks; no image is used."""

    def count_tokens(self, prompt: Prompt) -> int:
        """Number of tokens of the rendered prompt."""

    def memory_gib(self, need: Need) -> float:
        """Memory for the weights that ``need`` uses, in GiB."""

    def load(self, need: Need, devices: Sequence[str]) -> Model:
        """Load the weights. ``devices`` are torch device names; the first one is where inputs go."""


class Model(Protocol):
    """A model in memory. Never re-batches or reorders; the harness owns batching."""

    def activations(
        self, prompts: Sequence[Prompt], taps: Sequence[Tap]
    ) -> Mapping[Tap, NDArray[np.floating]]:
        """One float array (len(prompts), width) a tap, rows in the order of ``prompts``."""

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
    ) -> list[list[Reply]]:
        """Replies for ``seeds`` uint64 (len(prompts), k): k tries a prompt, each drawn from its own seed."""

    def option_loglikelihood(
        self, prompts: Sequence[Prompt], options: Sequence[Sequence[str]]
    ) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
        """Sum of natural log-probabilities and token count of each option, each (len(prompts), n_options)."""

    def close(self) -> None:
        """Free the memory."""


def offered(card: ModelCard, handle: Handle | None) -> frozenset[Capability]:
    """What a model can be asked for: its card's capabilities, or fewer where its opened handle says so.

    A card made from a name alone (``hf:ORG/NAME``) cannot know; the handle then has ``capabilities``.
    """
    stated: frozenset[Capability] | None = getattr(handle, "capabilities", None)
    return card.capabilities if stated is None else card.capabilities & stated
