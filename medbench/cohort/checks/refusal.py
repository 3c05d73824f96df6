"""A cohort that leaks, in words without names or with salted ones, and its refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from medbench.cohort.checks.image_names import NameImage
from medbench.cohort.checks.leaks import Kind, Leak, Leaks
from medbench.errors import DataError

__all__ = ["LeakError", "describe_leaks", "refuse_leaks"]

SHOWN = 3


class LeakError(DataError):
    """A cohort that would give too good a score (MB640)."""


WORDS: Mapping[Kind, tuple[str, str]] = {
    "groups": ("patient or lesion in train and in test", "patients or lesions in train and in test"),
    "images": ("test image that is in train too", "test images that are in train too"),
    "exemplars": ("test case that is an exemplar", "test cases that are exemplars"),
}


def describe_leaks(leaks: Leaks) -> str:
    """Counts in words, without names: for a record's deviations."""
    return ", ".join(
        f"{len(found)} {_words(kind, found)}" for kind, found in leaks.by_kind().items() if found
    )


def refuse_leaks(leaks: Leaks, task: str, name: NameImage) -> None:
    """Refuse a cohort that has any.

    Raises:
        LeakError: MB640, with counts and the first three of each kind by salted id.
    """
    if not leaks:
        return
    what = "; ".join(_told(kind, found, name) for kind, found in leaks.by_kind().items() if found)
    raise LeakError(
        "MB640", what, task,
        "medbench data verify --names FILE says which files these are; --allow-leaks runs all the same "
        "(the record is then open)",
    )  # fmt: skip


def _told(kind: Kind, found: Sequence[Leak], name: NameImage) -> str:
    first = ", ".join(
        f"{name(leak.source, leak.image)} = {name(leak.test_source, leak.test_image)}"
        for leak in found[:SHOWN]
    )
    return f"{len(found)} {_words(kind, found)} ({'first: ' if len(found) > SHOWN else ''}{first})"


def _words(kind: Kind, found: Sequence[Leak]) -> str:
    return WORDS[kind][len(found) != 1]
