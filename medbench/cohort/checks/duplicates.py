"""The same picture twice: pixel for pixel, or nearly, within and across splits, tasks and sources."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Literal

import numpy as np

from medbench.cohort.checks.findings import Finding, Use
from medbench.cohort.checks.image_facts import ImageFacts
from medbench.cohort.checks.near_pairs import near_pairs
from medbench.cohort.checks.survey import Located

__all__ = ["MOST_PAIRS", "exact_duplicates", "near_duplicates"]

MOST_PAIRS = 1_000_000
"""Pairs after which the search for near-duplicates stops: nobody looks through more."""

Scope = tuple[str, str, str, str]
"""Part and split of one image, part and split of the other."""
Pair = tuple[Scope, Use, Use]
Readable = Mapping[Located, ImageFacts]


def exact_duplicates(uses: Iterable[Use], facts: Readable) -> Iterator[Finding]:
    """Images that are there more than once, pixel for pixel, but for those that leak from train into test."""
    clusters: dict[str, list[Use]] = defaultdict(list)
    for use in uses:
        if (use.source, use.image) in facts:
            clusters[facts[use.source, use.image].digest].append(use)
    pairs = [pair for cluster in clusters.values() for pair in _within(cluster)]
    yield from _findings(
        "duplicates",
        (pair for pair in pairs if not _is_leak(pair[0])),
        "images that are the same, pixel for pixel",
    )


def near_duplicates(uses: Iterable[Use], facts: Readable, distance: int) -> Iterator[Finding]:
    """Images of one discipline that look alike: not the same pixels, not the same group of one split.

    Args:
        distance: bits in which the 64-bit perceptual hashes may differ.
    """
    clusters: dict[int, list[Use]] = defaultdict(list)
    for use in uses:
        if (use.source, use.image) in facts:
            clusters[facts[use.source, use.image].looks].append(use)
    looks = np.array(sorted(clusters), dtype=np.uint64)
    close = near_pairs(looks, distance, MOST_PAIRS)
    pairs = [pair for cluster in clusters.values() for pair in _within(cluster)]
    for one, other in looks[close].tolist():
        pairs += _between(clusters[one], clusters[other])
    kept = (pair for pair in pairs if not _is_same(pair, facts))
    what = f"images that look alike: perceptual hashes within {distance} of 64 bits"
    yield from _findings("near-duplicates", kept, what, at_least=len(close) >= MOST_PAIRS)


def _place(use: Use) -> tuple[str, str]:
    return use.part, use.split


def _within(cluster: Sequence[Use]) -> Iterator[Pair]:
    """Each image of a cluster with the first one of every split: as many pairs as there are copies."""
    first: dict[tuple[str, str], Use] = {}
    for use in cluster:
        for other in first.values():
            if (other.source, other.image) != (use.source, use.image):
                yield _pair(other, use)
        first.setdefault(_place(use), use)


def _between(one: Sequence[Use], other: Sequence[Use]) -> Iterator[Pair]:
    """The first images of every split in one cluster with those in another."""
    firsts = [{_place(use): use for use in reversed(cluster)}.values() for cluster in (one, other)]
    yield from (_pair(a, b) for a in firsts[0] for b in firsts[1])


def _pair(a: Use, b: Use) -> Pair:
    # train before test, so that a scope has one name
    a, b = sorted((a, b), key=lambda use: (use.part, use.split != "train", use.split))
    return (*_place(a), *_place(b)), a, b


def _is_leak(scope: Scope) -> bool:
    part, split, other_part, other_split = scope
    return part == other_part and {split, other_split} in ({"train", "test"}, {"exemplar", "test"})


def _is_same(pair: Pair, facts: Readable) -> bool:
    _, a, b = pair
    alike = facts[a.source, a.image].digest == facts[b.source, b.image].digest
    return alike or (_place(a), a.source, a.group) == (_place(b), b.source, b.group)


def _findings(
    check: Literal["duplicates", "near-duplicates"], pairs: Iterable[Pair], what: str, at_least: bool = False
) -> Iterator[Finding]:
    scopes: dict[Scope, list[Pair]] = defaultdict(list)
    for pair in pairs:
        scopes[pair[0]].append(pair)
    for (part, split, other_part, other_split), found in sorted(scopes.items()):
        same = (part, split) == (other_part, other_split)
        where = f"{part} {split}" if same else f"{part} {split} / {other_part} {other_split}"
        images = tuple(((a.source, a.image), (b.source, b.image)) for _, a, b in found)
        yield Finding(check, "warning", where, f"pairs of {what}", len(found), images, at_least)
