"""Contract test of ``option_loglikelihood``."""

from __future__ import annotations

import numpy as np

from medbench.models import Sampling
from medbench.testing.check_activations import tolerance
from medbench.testing.closeness import distance
from medbench.testing.outcome import Failed, Numbers
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


def _asked(subject: Subject, prompts, options) -> tuple[np.ndarray, np.ndarray]:  # type: ignore[no-untyped-def]
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
    """What greedy decoding writes first is likelier than what is drawn at random, on average."""
    prompt = subject.case(3)
    greedy = subject.replies([prompt], Sampling(1))[0][0].text
    seeds = np.arange(16, dtype=np.uint64)[None] * np.uint64(0x9E3779B97F4A7C15)
    drawn = {reply.text for reply in subject.replies([prompt], Sampling(1, 2.0, 50), seeds)[0]}
    others = sorted(drawn - {greedy, ""})
    if not greedy or not others:
        return {"compared with": 0}
    sums, _ = subject.model.option_loglikelihood([prompt], [[greedy, *others]])
    gap = float(sums[0, 0] - np.mean(sums[0, 1:]))
    if gap < 0:
        raise Failed("the greedy token is less likely than others that were drawn", gap=gap)
    return {"gap (nats)": gap, "compared with": len(others)}
