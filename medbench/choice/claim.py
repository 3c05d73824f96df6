"""A claim: a place in a reply that states an answer; and what several claims together say."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Claim", "settle"]

_CORRECTION = re.compile(
    r"\b(?:wait|actually|sorry|correction|apolog\w+|i mean|scratch that|on second thoughts?|on reflection"
    r"|let me re\w+|re-?consider\w*|revis\w+|i was wrong|mistake|i made an error|change my (?:answer|mind))\b"
    r"|\bno,|\bfinal(?:ly)?\b",
    re.I,
)


@dataclass(frozen=True)
class Claim:
    """An answer stated in a text.

    Attributes:
        option: index of the option; ``None`` when the claim contradicts itself or names no option.
        start: where it starts in the text.
        end: where it ends.
        rule: which rule found it.
    """

    option: int | None
    start: int
    end: int
    rule: str


def settle(claims: Sequence[Claim], text: str) -> Claim | None:
    """The claim that stands: the only answer claimed, or the last one if the text corrects itself before it.

    Returns ``None`` when different answers are claimed and nothing says which one is meant.
    """
    ordered = sorted(claims, key=lambda claim: claim.start)
    last = ordered[-1]
    others = [claim for claim in ordered if claim.option != last.option]
    if last.option is None:
        return None
    if not others or _CORRECTION.search(text, others[-1].end, last.end):
        return last
    return None
