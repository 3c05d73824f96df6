"""Contract tests of ``generate`` that draw nothing: shapes, greedy decoding, single rows that fail."""

from __future__ import annotations

from typing import get_args

import numpy as np

from medbench.inference.calls import call_generate
from medbench.models import Finish, Reply, Sampling
from medbench.testing.closeness import same_share
from medbench.testing.outcome import Failed, Numbers, Skipped
from medbench.testing.prompts import BATCH, case_prompt, failing_image
from medbench.testing.subject import Subject

__all__ = ["GREEDY", "agreement", "greedy_batch", "replies", "row_error"]

GREEDY = Sampling(max_new_tokens=8)
HALF_AGREEMENT = 0.75
"""Share of equal replies that 16-bit weights must reach: near-ties may flip with the batch."""


def replies(subject: Subject) -> Numbers:
    """``generate`` gives a ``Reply`` for each prompt and seed: new text only, not longer than asked."""
    prompts = subject.cases(3)
    for tries in (1, 3):
        seeds = np.arange(3 * tries, dtype=np.uint64).reshape(3, tries)
        found = subject.replies(prompts, GREEDY, seeds)
        flat = [reply for row in found for reply in row]
        for reply in flat:
            _well_formed(reply)
        if any(len(set(row)) > 1 for row in found):
            raise Failed("greedy tries of one prompt differ")
    lengths = [reply.n_tokens for reply in flat]
    if all(reply.finish == "error" for reply in flat):
        raise Failed("every reply says error")
    return {"longest": max(lengths), "asked for": GREEDY.max_new_tokens}


def _well_formed(reply: object) -> None:
    if not isinstance(reply, Reply) or not isinstance(reply.text, str):
        raise Failed(f"generate gave {type(reply).__name__}, expected a Reply with a text")
    if reply.finish not in get_args(Finish):
        raise Failed(f"finish is {reply.finish!r}, expected one of {', '.join(get_args(Finish))}")
    if not isinstance(reply.n_tokens, int) or not 0 <= reply.n_tokens <= GREEDY.max_new_tokens:
        raise Failed(f"n_tokens is {reply.n_tokens!r} where {GREEDY.max_new_tokens} were asked for")
    if "What is the diagnosis" in reply.text and "Choices:" in reply.text:
        raise Failed("the reply repeats the prompt")


def greedy_batch(subject: Subject) -> Numbers:
    """Greedy replies are the same alone, in a batch of mixed lengths, in another order, and when repeated."""
    prompts = subject.cases(BATCH)
    batch = subject.replies(prompts, GREEDY)
    alone = [subject.replies([prompt], GREEDY)[0] for prompt in prompts]
    turned = subject.replies(prompts[::-1], GREEDY)[::-1]
    shares = {
        "alone": same_share(alone, batch),
        "other order": same_share(turned, batch),
        "repeated": same_share(subject.replies(prompts, GREEDY), batch),
    }
    return agreement(subject, "greedy replies depend on the batch", shares)


def agreement(subject: Subject, why: str, shares: dict[str, float]) -> Numbers:
    """Passes where the replies agree as far as the weights' precision allows.

    Raises:
        Failed: they do not.
    """
    least = HALF_AGREEMENT if subject.half else 1.0
    if min(shares.values()) < least:
        raise Failed(why, **shares, **{"at least": least})
    return {**shares, "at least": least}


def row_error(subject: Subject) -> Numbers:
    """A row whose image cannot be read is an error of that row; the others get their replies."""
    if not subject.reads_images:
        raise Skipped("the card says that the model takes no image")
    good = subject.cases(3)
    asked: list[str] = []
    bad = case_prompt(1, failing_image(OSError("image file is truncated"), asked))
    seeds = np.zeros((4, 1), np.uint64)
    found, _ = call_generate(subject.model, [*good[:2], bad, good[2]], GREEDY, seeds)
    if not asked:
        raise Skipped("it does not read the image's pixels")
    finishes = [row[0].finish for row in found]
    if finishes[2] != "error":
        raise Failed(f"the row whose image cannot be read has the reply {found[2][0].text!r}")
    if "error" in (finishes[0], finishes[1], finishes[3]):
        raise Failed("one row that fails takes others of its batch with it")
    after = subject.replies(good, GREEDY)
    share = same_share([found[0], found[1], found[3]], after)
    return agreement(subject, "beside a row that fails, others get other replies", {"same replies": share})
