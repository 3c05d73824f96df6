"""Contract test of ``option_loglikelihood``."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medbench.models import Prompt, Sampling
from medbench.testing.check_activations import tolerance
from medbench.testing.closeness import distance
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import OPTIONS
from medbench.testing.subject import Subject

__all__ = ["likelihood", "likelihood_agrees"]

LONGER = tuple(f"{option}, which has grown over the last two years" for option in OPTIONS)


def likelihood(subject: Subject) -> Numbers:
    """Sums of log-probabilities: right shapes, at most 0, lower for longer options, the same in any batch."""
    prompts = subject.cases(4)
    sums, counts = _asked(subject, prompts, OPTIONS)
    longer, longer_counts = _asked(subject, prompts, LONGER)
    if (longer_counts <= counts).any():
        raise Failed("a longer option does not have more tokens")
    if (longer > sums).any():
        raise Failed("an option that goes on is more likely than its beginning")
    alone = np.concatenate([_asked(subject, [prompt], OPTIONS)[0] for prompt in prompts])
    turned = _asked(subject, prompts, OPTIONS[::-1])[0][:, ::-1]
    apart = {"alone": distance(alone, sums), "options turned": distance(turned, sums)}
    if max(apart.values()) > tolerance(subject):
        raise Failed("the likelihood of an option depends on the batch or on the others", **apart)
    return {**apart, "tolerance": tolerance(subject)}


def _asked(
    subject: Subject, prompts: Sequence[Prompt], options: Sequence[str]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    sums, counts = subject.model.option_loglikelihood(prompts, [list(options)] * len(prompts))
    expected = (len(prompts), len(options))
    if np.shape(sums) != expected or np.shape(counts) != expected:
        raise Failed(f"shapes are {np.shape(sums)} and {np.shape(counts)}, expected {expected} twice")
    if not np.issubdtype(sums.dtype, np.floating) or not np.issubdtype(counts.dtype, np.integer):
        raise Failed(f"dtypes are {sums.dtype} and {counts.dtype}, expected float and integer")
    if not np.isfinite(sums).all() or (sums > 1e-6).any() or (counts < 1).any():
        raise Failed("a log-probability is above 0 or not finite, or an option has no token")
    return sums, counts


def likelihood_agrees(subject: Subject) -> Numbers:
    """What greedy decoding writes first is likelier than what is drawn at random, on average.

    Compared are texts of one token; the text of a token may lack the space before it, so both are tried.
    Where the greedy text is none, as with the parts of a word, there is nothing to compare.
    """
    prompts = [subject.case(i, 0) for i in range(3)]
    gaps = [gap for prompt in prompts if (gap := _gap(subject, prompt)) is not None]
    if not gaps:
        raise Skipped("the first tokens of its replies are no texts that can be scored alone")
    if max(gaps) < 0:
        raise Failed("the greedy token is less likely than others that were drawn", gap=max(gaps))
    return {"gap (nats)": max(gaps), "prompts compared": len(gaps)}


def _gap(subject: Subject, prompt: Prompt) -> float | None:
    """Log-probability of the greedy token less the mean of others; ``None`` where it has none."""
    greedy = subject.replies([prompt], Sampling(1))[0][0].text
    seeds = np.arange(16, dtype=np.uint64)[None] * np.uint64(0x9E3779B97F4A7C15)
    drawn = {reply.text for reply in subject.replies([prompt], Sampling(1, 2.0, 50), seeds)[0]}
    texts = [greedy, *sorted(drawn - {greedy})]
    if not all(text.strip() for text in texts[:1]):
        return None
    spaced = [option for text in texts if text.strip() for option in (text, f" {text.strip()}")]
    sums, counts = subject.model.option_loglikelihood([prompt], [spaced])
    alone = np.where(counts[0] == 1, sums[0], -np.inf).reshape(-1, 2).max(axis=1)
    others = alone[1:][np.isfinite(alone[1:])]
    if not np.isfinite(alone[0]) or not others.size:
        return None
    return float(alone[0] - others.mean())
