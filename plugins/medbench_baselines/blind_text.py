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
from medbench.torchkit.row_sampler import gumbel_noise

__all__ = ["BlindText", "open_blind_text", "scores"]

WORD = re.compile(r"[^\W\d_]{4,}")


def scores(question: str, options: Sequence[str]) -> NDArray[np.float64]:
    """How much the wording favours each option, float64 (options,): shared words, then length, then order.

    >>> scores("A swollen parotid gland", ["Gout", "Parotid stone", "Scurvy of the gums"]).argmax()
    np.int64(1)
    """
    asked, longest = _words(question), max(map(len, options))
    return np.array(
        [
            len(_words(option) & asked) + len(option) / longest / 2 - number * 1e-6
            for number, option in enumerate(options)
        ]
    )


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
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
    ) -> list[list[Reply]]:
        """The favoured option's text; with top-k, drawn from the softmax of the scores, once a seed."""
        return [
            [_reply(prompt, sampling, int(seed)) for seed in row]
            for prompt, row in zip(prompts, seeds, strict=True)
        ]

    def activations(self, *_: object, **__: object) -> NoReturn:
        """Not offered.

        Raises:
            PluginError: MB724, always.
        """
        raise PluginError("MB724", "it answers questions and nothing else", where="blind-text")

    option_loglikelihood = activations

    def close(self) -> None:
        """Nothing to free."""


def _reply(prompt: Prompt, sampling: Sampling, seed: int) -> Reply:
    if not prompt.options:
        return Reply("", 0, "stop")
    # the solved cases before it must not lend their words
    asked = " ".join(part for part in prompt.turns[-1].parts if isinstance(part, str))
    found = scores(asked.partition("\nChoices:")[0], prompt.options)
    if sampling.top_k:
        kept = np.argsort(-found, kind="stable")[: sampling.top_k]
        noise = gumbel_noise(seed, 0, len(found))
        chosen = kept[np.argmax(found[kept] / sampling.temperature + noise[kept])]
    else:
        chosen = found.argmax()
    text = prompt.options[int(chosen)]
    return Reply(text, len(text.split()), "stop")


def open_blind_text(_options: OpenOptions) -> BlindText:
    """The handle."""
    return BlindText()
