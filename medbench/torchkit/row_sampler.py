"""Draw tokens so that a row's draws depend on that row's seed alone.

The token is the argmax of the filtered logits plus Gumbel noise, which is a draw from their softmax (the
Gumbel-max trick: Gumbel 1954; Maddison, Tarlow, Minka 2014). The noise of (seed, step, token) comes from a
counter-based generator (Philox: Salmon et al., SC 2011), so neither batch, order, padding, prefix reuse nor
the other rows can change it. A global generator, as in ``do_sample=True``, has none of these properties.

This file imports no torch: a handle names ``ROW_SAMPLER`` in its identity.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from medbench.models import Sampling

__all__ = ["ROW_SAMPLER", "RowSampler", "check_sampling", "gumbel_noise", "strongest"]

# Changed when the same seed and logits may give another token than before.
ROW_SAMPLER = "gumbel-philox-1"


def gumbel_noise(seed: int, step: int, tokens: int) -> NDArray[np.float64]:
    """Standard Gumbel noise, float64 (tokens,): entry i depends on (seed, step, i) only.

    Args:
        seed: uint64.
        step: number of tokens already drawn for this row.
        tokens: size of the vocabulary.
    """
    raw = np.random.Philox(key=seed, counter=[0, step, 0, 0]).random_raw(tokens)
    # 52 bits and a half step keep u inside (0, 1) in float64, so neither logarithm is infinite.
    u = ((raw >> np.uint64(12)).astype(np.float64) + 0.5) * 2.0**-52
    return np.asarray(-np.log(-np.log(u)), dtype=np.float64)


def strongest(logits: NDArray[np.floating], top_k: int) -> NDArray[np.int64]:
    """Token numbers of the ``top_k`` largest logits, ascending; among equals the lower number wins.

    Ties are common in bfloat16, and argmax takes the lower number: so top-k 1 is greedy decoding.
    """
    if top_k >= logits.size:
        return np.arange(logits.size)
    edge = np.partition(logits, -top_k)[-top_k]
    above = np.flatnonzero(logits > edge)
    ties = np.flatnonzero(logits == edge)[: top_k - above.size]
    return np.sort(np.concatenate([above, ties]))


def check_sampling(sampling: Sampling) -> None:
    """Refuse settings that no row can be drawn with.

    Raises:
        ValueError: temperature not above 0, or top-k below 1.
    """
    if not sampling.temperature > 0 or sampling.top_k < 1:
        raise ValueError(f"sampling needs temperature > 0 and top_k >= 1, not {sampling}")


class RowSampler:
    """A transformers logits processor that makes greedy ``generate(do_sample=False)`` draw row by row.

    It stands last in the list, after token bans, and gives scores in which the drawn token alone is finite.

    Args:
        seeds: uint64 (rows,), one a row of the batch.
        sampling: temperature above 0 and top-k of at least 1.
        prompt_length: tokens of the (padded) prompt; what follows counts as steps.

    Raises:
        ValueError: temperature or top-k out of range.
    """

    def __init__(self, seeds: NDArray[np.uint64], sampling: Sampling, prompt_length: int) -> None:
        check_sampling(sampling)
        self.seeds = [int(seed) for seed in np.asarray(seeds, dtype=np.uint64)]
        self.temperature, self.top_k, self.prompt_length = sampling.temperature, sampling.top_k, prompt_length

    def __call__(self, input_ids: Any, scores: Any) -> Any:
        """``input_ids`` int64 (rows, length), ``scores`` (rows, vocabulary) -> scores of the same shape."""
        step = input_ids.shape[1] - self.prompt_length
        logits = (scores.float() / self.temperature).cpu().numpy()
        drawn = [self._draw(row, seed, step) for row, seed in zip(logits, self.seeds, strict=True)]
        chosen = scores.new_full(scores.shape, float("-inf"))
        chosen[list(range(len(drawn))), drawn] = 0.0
        return chosen

    def _draw(self, logits: NDArray[np.float32], seed: int, step: int) -> int:
        kept = strongest(logits, self.top_k)
        noisy = logits[kept].astype(np.float64) + gumbel_noise(seed, step, logits.size)[kept]
        return int(kept[np.argmax(noisy)])
