"""Tie groups: the best model against each other one, Holm over those, then on from the next."""

from __future__ import annotations

from collections.abc import Sequence

from medbench import stats
from medbench.board.pairing import ALPHA, pair_primary
from medbench.record import Record

__all__ = ["tie_ranks"]


def tie_ranks(records: Sequence[Record]) -> list[int]:
    """Rank of each record, in the order given (best first); records that cannot be told apart share one.

    The best remaining record is tested against each other remaining one; those whose Holm-adjusted p is at
    least 0.05, down to the first that differs, are its tie group; the next group starts below it.
    """
    ranks: list[int] = []
    while len(ranks) < len(records):
        best, *others = records[len(ranks) :]
        rank = len(ranks) + 1
        ranks.append(rank)
        for differs in _differ(best, others):
            if differs:
                break
            ranks.append(rank)
    return ranks


def _differ(best: Record, others: Sequence[Record]) -> list[bool]:
    pairs = [pair_primary(best, other) for other in others]
    # without a test nothing is shown to differ
    p_values = [1.0 if pair is None or pair.p is None else pair.p for pair in pairs]
    return [p < ALPHA for p in stats.holm(p_values)]
