"""What a task needs of a model: taps, generation, option log-likelihood; and how replies are drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["Finish", "Need", "Reply", "Sampling", "Tap"]

Finish = Literal["stop", "length", "filtered", "error"]


@dataclass(frozen=True, order=True)
class Tap:
    """Where an activation is read.

    Attributes:
        block: 0-based decoder block whose output is read; ``None`` for an encoder's named output.
        pooling: ``last`` (last prompt token) for a block; for an encoder the output's name
            (``pooled``: before projection, ``projected``).
    """

    block: int | None
    pooling: str

    @property
    def name(self) -> str:
        """``block-12.last`` or ``pooled``: the name in the store and in records."""
        return self.pooling if self.block is None else f"block-{self.block}.{self.pooling}"


@dataclass(frozen=True)
class Need:
    """What a loaded model will be asked for; it may skip whatever this does not use."""

    taps: tuple[Tap, ...] = ()
    generate: bool = False
    option_loglikelihood: bool = False


@dataclass(frozen=True)
class Sampling:
    """How replies are drawn. ``top_k=0`` is greedy; otherwise temperature, then top-k, then one draw a token.

    Attributes:
        max_new_tokens: longest reply, in tokens.
        temperature: divides the logits.
        top_k: tokens kept; 0 for greedy decoding.
    """

    max_new_tokens: int
    temperature: float = 1.0
    top_k: int = 0


@dataclass(frozen=True)
class Reply:
    """What a model generated for one prompt and one try.

    Attributes:
        text: new text only, without the prompt and special tokens.
        n_tokens: new tokens, the stop token excluded.
        finish: why generation ended.
    """

    text: str
    n_tokens: int
    finish: Finish
