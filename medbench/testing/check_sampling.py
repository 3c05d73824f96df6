"""Contract tests of drawn replies: seeds of rows, top-k, temperature, and the law of the draws."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy.special import chdtrc

from medbench.models import Prompt, Sampling
from medbench.testing.check_replies import GREEDY, agreement
from medbench.testing.closeness import same_share
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import BATCH
from medbench.testing.subject import Subject

__all__ = ["row_seeds", "sampler_law", "seeds_differ", "top_k", "top_k_one"]

TOP_50 = Sampling(max_new_tokens=8, temperature=1.0, top_k=50)
DRAWS = 256
HOT = 4.0
"""A temperature at which a second token has its chance."""

ROWS, TRIES = 4, 4
"""A call of the draws: no larger than a batch of a run."""

RARE, WIDE = 1e-6, 4.5
"""P-value and standard errors beyond which a sound sampler is once in 100,000 times; the seeds are fixed."""


def _seeds(rows: int, tries: int, start: int = 0) -> np.ndarray:
    """Distinct uint64 (rows, tries), spread over their range as the harness's are."""
    numbers = np.arange(start, start + rows * tries, dtype=np.uint64)
    return (numbers * np.uint64(0x9E3779B97F4A7C15) + np.uint64(start + 1)).reshape(rows, tries)


def row_seeds(subject: Subject) -> Numbers:
    """The same seed gives the same tokens, alone, in any batch and in any order."""
    if not subject.card.row_seeds:
        raise Skipped("the card says row_seeds=False, and records say so")
    prompts, seeds = subject.cases(BATCH), _seeds(BATCH, 2)
    batch = subject.replies(prompts, TOP_50, seeds)
    alone = [subject.replies([p], TOP_50, seeds[i : i + 1])[0] for i, p in enumerate(prompts)]
    turned = subject.replies(prompts[::-1], TOP_50, seeds[::-1])[::-1]
    swapped = [row[::-1] for row in subject.replies(prompts, TOP_50, seeds[:, ::-1])]
    shares = {
        "repeated": same_share(subject.replies(prompts, TOP_50, seeds), batch),
        "alone": same_share(alone, batch),
        "other order": same_share(turned, batch),
        "tries swapped": same_share(swapped, batch),
    }
    return agreement(subject, "a row's draws depend on more than its seed", shares)


def seeds_differ(subject: Subject) -> Numbers:
    """Two seeds give two replies, at least now and then."""
    found = subject.replies(subject.cases(4), TOP_50, _seeds(4, 4))
    different = [len({reply.text for reply in row}) for row in found]
    if max(different) < 2:
        raise Failed("four seeds gave the same reply for each of four prompts")
    return {"different replies of 4": max(different)}


def top_k_one(subject: Subject) -> Numbers:
    """Top-k 1 is greedy decoding, whatever the seed."""
    prompts = subject.cases(4)
    greedy = [[row[0]] * 2 for row in subject.replies(prompts, GREEDY)]
    drawn = subject.replies(prompts, Sampling(GREEDY.max_new_tokens, 1.0, 1), _seeds(4, 2))
    share = same_share(drawn, greedy)
    return agreement(subject, "top-k 1 is not greedy decoding", {"same as greedy": share})


def top_k(subject: Subject) -> Numbers:
    """Top-k 2 draws the first token from two at most."""
    hot = Sampling(1, HOT, 2)
    found = [len(_first_tokens(subject, subject.case(i, 0), hot, draws=32)) for i in range(3)]
    if max(found) > 2:
        raise Failed("top-k 2 drew more than two different first tokens", different=max(found))
    return {"different first tokens": max(found), "draws": 32}


def sampler_law(subject: Subject) -> Numbers:
    """Draws follow one law over seeds, turn greedy when cold, and halve their log-odds at twice the heat."""
    prompt, temperature = _undecided(subject)
    wide = Sampling(1, 1.0, 8)
    p = _homogeneity(_first_tokens(subject, prompt, wide), _first_tokens(subject, prompt, wide, start=DRAWS))
    cold = _cold_share(subject, subject.cases(4))
    z = _temperature(subject, prompt, temperature)
    numbers = {"p (chi-square)": p, "greedy when cold": cold, "z (temperature)": z, "draws": DRAWS}
    if p < RARE:
        raise Failed("two sets of seeds draw from two laws", **numbers)
    if cold < 0.5:
        raise Failed("at temperature 0.0001 the draws are not the greedy token", **numbers)
    if abs(z) > WIDE:
        raise Failed("twice the temperature does not halve the log-odds of two tokens", **numbers)
    return numbers


def _undecided(subject: Subject) -> tuple[Prompt, float]:
    """A prompt and a temperature at which the second likeliest first token is drawn about once in eight.

    There a change of temperature shows best: even odds stay even, and what is never drawn has no odds.
    """
    tried = [
        (subject.case(i, 0), temperature) for i in range(3) for temperature in (0.25, 1.0, 2.0, 4.0, 8.0)
    ]
    shares = []
    for prompt, temperature in tried:
        count = _first_tokens(subject, prompt, Sampling(1, temperature, 2), draws=32)
        shares.append(1 - max(count.values()) / 32 if len(count) == 2 else 1.0)
    return tried[int(np.argmin(np.abs(np.array(shares) - 1 / 8)))]


def _first_tokens(
    subject: Subject, prompt: Prompt, sampling: Sampling, start: int = 0, draws: int = DRAWS
) -> Counter[str]:
    counts: Counter[str] = Counter()
    for at in range(0, draws, ROWS * TRIES):
        found = subject.replies([prompt] * ROWS, sampling, _seeds(ROWS, TRIES, start + at))
        counts.update(reply.text for row in found for reply in row)
    return counts


def _homogeneity(one: Counter[str], other: Counter[str]) -> float:
    """P-value of Pearson's chi-square for two samples of equal size; cells with few draws are joined."""
    names = sorted({*one, *other})
    pairs = [(one[name], other[name]) for name in names]
    few = [pair for pair in pairs if sum(pair) < 10]
    cells = [pair for pair in pairs if sum(pair) >= 10]
    if few:
        cells.append((sum(a for a, _ in few), sum(b for _, b in few)))
    statistic = sum((a - b) ** 2 / (a + b) for a, b in cells if a + b)
    return float(chdtrc(len(cells) - 1, statistic)) if len(cells) > 1 else 1.0


def _cold_share(subject: Subject, prompts: Sequence[Prompt]) -> float:
    cold = Sampling(1, 1e-4, 8)
    greedy = subject.replies(prompts, Sampling(1))
    drawn = subject.replies(prompts, cold, _seeds(len(prompts), TRIES))
    return same_share(drawn, [[row[0]] * TRIES for row in greedy])


def _temperature(subject: Subject, prompt: Prompt, temperature: float) -> float:
    """How far the log-odds of two tokens at 2 T are from half of those at T, in standard errors."""
    many = 2 * DRAWS
    warm = _first_tokens(subject, prompt, Sampling(1, temperature, 2), draws=many)
    hot = _first_tokens(subject, prompt, Sampling(1, 2 * temperature, 2), start=many, draws=many)
    names = sorted({*warm, *hot})
    if len(names) != 2:
        # one text for both tokens, or one token that always wins
        return 0.0
    (odds, variance), (half, half_variance) = _log_odds(warm, names), _log_odds(hot, names)
    return (half - odds / 2) / math.sqrt(half_variance + variance / 4)


def _log_odds(counts: Counter[str], names: Sequence[str]) -> tuple[float, float]:
    """Log-odds and their variance, with half a draw added to each cell (Haldane 1955)."""
    a, b = (counts[name] + 0.5 for name in names)
    return math.log(a / b), 1 / a + 1 / b
