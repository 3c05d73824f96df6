"""Editions that look like a provider's data and are not: told by size, depth and folder name.

Only what a provider or its users state about the images is checked; what is not known is not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from medbench.cohort.checks.findings import Finding
from medbench.cohort.checks.image_facts import ImageFacts
from medbench.cohort.checks.survey import Located

__all__ = ["EDITIONS", "Edition", "edition_findings"]

ENOUGH = 20
"""Images from which on one size for all of them is no accident."""


@dataclass(frozen=True)
class Edition:
    """What the provider's images are like.

    Attributes:
        size: width and height of every image; ``None`` where they differ.
        depth: bits of a channel.
        channels: 1 for grey, 3 for colour.
        least_side: the shorter side of the smallest.
        varied: sizes differ, so that one size for all means a resized copy.
        other: the edition that a difference points to.
    """

    other: str
    size: tuple[int, int] | None = None
    depth: int | None = None
    channels: int | None = None
    least_side: int | None = None
    varied: bool = False


KATHER = Edition("a resized or converted copy", (224, 224), depth=8, channels=3)
ISIC = Edition("ISIC 2019 or a resized copy, which use the same ids", (600, 450), depth=8, channels=3)

EDITIONS: Mapping[str, Edition] = {
    "airogs": Edition("AIROGS-light or another resized copy", depth=8, channels=3, varied=True),
    "aptos-2019": Edition("a resized copy", depth=8, channels=3, varied=True),
    "crc-val-he-7k": KATHER,
    "eyepacs-2015": Edition("the resized copy on Kaggle", depth=8, channels=3, varied=True),
    "ham10000": ISIC,
    "isic-2018-task3": ISIC,
    "nct-crc-he-100k": KATHER,
    "padchest": Edition("the 8-bit copies of 224 pixels", depth=16, channels=1, least_side=612),
    "pannuke": Edition("a resized copy", (256, 256), channels=3),
    "siim-isic-2020": Edition("a converted copy", depth=8, channels=3),
}

WRONG_FOLDERS: Mapping[str, str] = {"nct-crc-he-100k": "NONORM"}
"""Part of a folder's name that says that it holds another edition."""


def edition_findings(
    source: str, root: Path, facts: Mapping[Located, ImageFacts], synthetic: bool
) -> Iterator[Finding]:
    """Warnings about one source.

    Args:
        facts: of the source's readable images.
        synthetic: sizes and depths are not the provider's, and nobody is misled by them.
    """
    yield from _folders(source, root)
    edition = EDITIONS.get(source)
    if edition is None or synthetic or not facts:
        return
    for expected, wrong in _differing(edition, facts):
        found = ", ".join(sorted({_look(facts[item]) for item in wrong})[:3])
        message = f"{len(wrong)} of {len(facts)} images are not {expected} (found: {found}); {edition.other}?"
        yield Finding("edition", "warning", source, message, len(wrong), tuple((item,) for item in wrong))
    longest = {max(seen.width, seen.height) for seen in facts.values()}
    if edition.varied and len(facts) >= ENOUGH and len(longest) == 1:
        message = f"all {len(facts)} images have a longest side of {longest.pop()} pixels; {edition.other}?"
        yield Finding("edition", "warning", source, message, len(facts))


def _differing(
    edition: Edition, facts: Mapping[Located, ImageFacts]
) -> Iterator[tuple[str, Sequence[Located]]]:
    for expected, fits in _rules(edition):
        wrong = [item for item, seen in facts.items() if not fits(seen)]
        if wrong:
            yield expected, wrong


def _rules(edition: Edition) -> Iterator[tuple[str, Callable[[ImageFacts], bool]]]:
    size, depth, channels, side = edition.size, edition.depth, edition.channels, edition.least_side
    # 0: in no format that tells it
    if size is not None:
        yield f"{size[0]} x {size[1]} pixels", lambda seen: (seen.width, seen.height) == size
    if depth is not None:
        yield f"{depth}-bit", lambda seen: seen.depth in (0, depth)
    if channels is not None:
        yield "grey" if channels == 1 else "RGB", lambda seen: seen.channels in (0, channels)
    if side is not None:
        yield f"at least {side} pixels wide and high", lambda seen: min(seen.width, seen.height) >= side


def _look(seen: ImageFacts) -> str:
    return f"{seen.width} x {seen.height} {seen.depth}-bit {'grey' if seen.channels == 1 else 'colour'}"


def _folders(source: str, root: Path) -> Iterator[Finding]:
    mark = WRONG_FOLDERS.get(source)
    if mark is None:
        return
    # a link's own name and that of the folder it leads to
    folders = [entry for entry in root.iterdir() if entry.is_dir()]
    places = [root, root.resolve(), *folders, *(entry.resolve() for entry in folders)]
    if any(mark in place.name.upper() for place in places):
        yield Finding("edition", "warning", source, f"a folder is named {mark}: not the edition of the paper")
