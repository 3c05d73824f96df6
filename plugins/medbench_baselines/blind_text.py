"""Answers a multiple-choice question without the image: what the wording of the options gives away.

The option that shares the most words with the question is taken; among equals the longest, among those the
first. Both are known faults of examinations ("clang", "longest answer": Haladyna, Downing, Rodriguez 2002).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError
from medbench.models import Identity, Need, OpenOptions, Prompt, Reply, Sampling

__all__ = ["BlindText", "guess", "open_blind_text"]

WORD = re.compile(r"[^\W\d_]{4,}")


def guess(question: str, options: Sequence[str]) -> int:
    """Index of the option that the wording favours.

    >>> guess("A man with a swollen parotid gland", ["Gout", "Parotid stone", "Scurvy of the gums"])
    1
    """
    asked = _words(question)
    scores = [(len(_words(option) & asked), len(option), -number) for number, option in enumerate(options)]
    return max(range(len(options)), key=scores.__getitem__)


def _words(text: str) -> set[str]:
    return {word.lower() for word in WORD.findall(text)}


@dataclass(frozen=True)
class BlindText:
    """Handle and model in one: there is nothing to load."""

    blocks: int | None = None
    width: int = 0
    outputs: tuple[str, ...] = ()

    def identity(self) -> Identity:
        """The version of the rule; there are no weights."""
        values = {"baseline": "blind-text", "dtype": "none", "numerics_version": "blind-text-1"}
        return Identity(values, {"medbench": version("medbench")})

    def render(self, prompt: Prompt) -> str:
        """The texts alone, a line each."""
        return "\n".join(part for part in prompt.parts() if isinstance(part, str))

    def count_tokens(self, prompt: Prompt) -> int:
        """Words of the rendered prompt."""
        return len(self.render(prompt).split())

    def memory_gib(self, need: Need) -> float:  # noqa: ARG002 - the contract names it
        """0: there are no weights."""
        return 0.0

    def load(self, need: Need, devices: Sequence[str]) -> BlindText:  # noqa: ARG002
        """Nothing to load.

        Raises:
            PluginError: MB724, activations or option log-likelihoods are asked for.
        """
        if need.taps or need.option_loglikelihood:
            raise PluginError("MB724", "it answers questions and nothing else", where="blind-text")
        return self

    def generate(
        self,
        prompts: Sequence[Prompt],
        sampling: Sampling,  # noqa: ARG002 - every try is the same
        seeds: NDArray[np.uint64],
    ) -> list[list[Reply]]:
        """The chosen option's text, once a seed."""
        return [[self._reply(prompt)] * seeds.shape[1] for prompt in prompts]

    def _reply(self, prompt: Prompt) -> Reply:
        if not prompt.options:
            return Reply("", 0, "stop")
        # the solved cases before it must not lend their words
        last = prompt.turns[-1]
        asked = " ".join(part for part in last.parts if isinstance(part, str))
        question = asked.partition("\nChoices:")[0]
        text = prompt.options[guess(question, prompt.options)]
        return Reply(text, len(text.split()), "stop")

    def activations(self, *_: object, **__: object) -> NoReturn:
        """Not offered.

        Raises:
            PluginError: MB724, always.
        """
        raise PluginError("MB724", "it answers questions and nothing else", where="blind-text")

    option_loglikelihood = activations

    def close(self) -> None:
        """Nothing to free."""


def open_blind_text(_options: OpenOptions) -> BlindText:
    """The handle."""
    return BlindText()
