"""What a model could know of the test set from train or the exemplars: shared people, images and cases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from medbench.cohort.cohort import CohortRow
from medbench.cohort.source import ImageRef

__all__ = ["Kind", "Leak", "Leaks", "find_leaks"]

Kind = Literal["groups", "images", "exemplars"]


@dataclass(frozen=True)
class Leak:
    """One image of train (or of an exemplar) and the image of test that is the same, or of the same group."""

    source: str
    image: ImageRef
    test_source: str
    test_image: ImageRef


@dataclass(frozen=True)
class Leaks:
    """Leaks by kind.

    Attributes:
        groups: patients or lesions in train and in test, one leak a group.
        images: test images that are in train too, pixel for pixel, one leak a test image.
        exemplars: test images that an exemplar shows, and test cases of an exemplar's group.
    """

    groups: tuple[Leak, ...] = ()
    images: tuple[Leak, ...] = ()
    exemplars: tuple[Leak, ...] = ()

    def refused(self, duplicates: Literal["refuse", "report"]) -> Leaks:
        """Those that a cohort must not have; what a spec says of exact duplicates holds for images only."""
        return self if duplicates == "refuse" else Leaks(self.groups, (), self.exemplars)

    def counts(self) -> dict[str, int]:
        """Number of leaks by kind."""
        return {kind: len(found) for kind, found in self.by_kind().items()}

    def __bool__(self) -> bool:
        return any(self.by_kind().values())

    def by_kind(self) -> dict[Kind, tuple[Leak, ...]]:
        """The leaks in the order in which they are told."""
        return {"groups": self.groups, "images": self.images, "exemplars": self.exemplars}


def find_leaks(
    rows: Sequence[CohortRow],
    digests: Mapping[tuple[str, ImageRef], str],
    shared_groups: Sequence[tuple[int, int]] = (),
) -> Leaks:
    """Leaks of a cohort.

    Args:
        digests: of prepared pixels, by source and image; an image without one is not compared.
        shared_groups: as ``Cohort.shared_groups``.
    """
    test = [row for row in rows if row.split == "test"]
    train = [row for row in rows if row.split == "train"]
    exemplars = [row for row in rows if row.split == "exemplar"]
    return Leaks(
        groups=tuple(_of_groups(train, test, shared_groups)),
        images=tuple(_of_images(train, test, digests)),
        exemplars=tuple(_of_exemplars(exemplars, test, digests, shared_groups)),
    )


def _of_groups(
    train: Sequence[CohortRow], test: Sequence[CohortRow], shared: Sequence[tuple[int, int]]
) -> Iterator[Leak]:
    if shared and train:
        first = [{row.group: row for row in reversed(side)} for side in (train, test)]
        for one, other in shared:
            yield _leak(first[0][one], first[1][other])


def _of_images(
    train: Sequence[CohortRow], test: Sequence[CohortRow], digests: Mapping[tuple[str, ImageRef], str]
) -> Iterator[Leak]:
    known = {
        digests[row.source, image]: (row.source, image)
        for row in reversed(train)
        for image in row.images
        if (row.source, image) in digests
    }
    for row in test:
        for image in row.images:
            digest = digests.get((row.source, image), "")
            if digest in known:
                yield Leak(*known[digest], row.source, image)


def _of_exemplars(
    exemplars: Sequence[CohortRow],
    test: Sequence[CohortRow],
    digests: Mapping[tuple[str, ImageRef], str],
    shared: Sequence[tuple[int, int]],
) -> Iterator[Leak]:
    if not exemplars:
        return
    images = list(_of_images(exemplars, test, digests))
    yield from images
    told = {(leak.test_source, leak.test_image) for leak in images}
    pairs = {other: one for one, other in shared}
    by_group = {row.group: row for row in exemplars}
    for row in test:
        # not by text: five hundred cases ask the same question
        if row.group in pairs and not any((row.source, image) in told for image in row.images):
            yield _leak(by_group[pairs[row.group]], row)


def _leak(one: CohortRow, other: CohortRow) -> Leak:
    return Leak(one.source, one.images[0], other.source, other.images[0])
