"""The same picture twice, exactly or nearly: named once, with the splits and tasks it is in."""

from __future__ import annotations

from medbench.cohort import ImageRef
from medbench.cohort.checks.duplicates import exact_duplicates, near_duplicates
from medbench.cohort.checks.findings import Use
from medbench.cohort.checks.image_facts import ImageFacts


def _use(part: str, split: str, source: str, name: str, group: str | None = None) -> Use:
    return Use(part, split, source, ImageRef(name), group or name)


def _facts(uses, digests: str, looks=()) -> dict:
    looks = looks or range(len(uses))
    return {
        (use.source, use.image): ImageFacts(d, look, 8, 8, 8, 3)
        for use, d, look in zip(uses, digests, looks, strict=True)
    }


def _told(findings) -> list[tuple[str, int, list[list[str]]]]:
    return [(f.where, f.count, [[image.path for _, image in pair] for pair in f.images]) for f in findings]


def test_copies_within_a_split_are_counted_as_copies() -> None:
    uses = [_use("T5", "test", "s", name) for name in "abcd"]
    found = exact_duplicates(uses, _facts(uses, "xxxy"))
    assert _told(found) == [("T5 test", 2, [["a", "b"], ["a", "c"]])]


def test_what_leaks_into_test_is_told_elsewhere() -> None:
    uses = [_use("T5", "train", "s", "a"), _use("T5", "test", "s", "b")]
    assert not list(exact_duplicates(uses, _facts(uses, "xx")))


def test_a_copy_in_another_task_of_the_same_provider_is_told() -> None:
    uses = [_use("T5", "train", "eyepacs-2015", "a"), _use("T6", "train", "airogs", "b")]
    assert _told(exact_duplicates(uses, _facts(uses, "xx"))) == [("T5 train / T6 train", 1, [["a", "b"]])]


def test_one_file_that_two_tasks_use_is_no_copy() -> None:
    uses = [_use("T5", "train", "s", "a"), _use("OWN", "test", "s", "a")]
    facts = _facts(uses[:1], "x")
    assert not list(exact_duplicates(uses, facts)) and not list(near_duplicates(uses, facts, 4))


def test_an_unreadable_image_is_no_copy() -> None:
    uses = [_use("T5", "test", "s", name) for name in "ab"]
    assert not list(exact_duplicates(uses, _facts(uses[:1], "x")))


def test_near_copies_within_and_across() -> None:
    uses = [
        _use("T5", "train", "e", "a"),
        _use("T5", "train", "e", "b"),
        _use("T5", "test", "e", "c"),
        _use("T6", "train", "g", "d"),
    ]
    facts = _facts(uses, "wxyz", (0, 0b11, 0b1111 << 20, 0b11111 << 20))
    assert _told(near_duplicates(uses, facts, 2)) == [
        ("T5 test / T6 train", 1, [["c", "d"]]),
        ("T5 train", 1, [["a", "b"]]),
    ]
    assert [f.where for f in near_duplicates(uses, facts, 1)] == ["T5 test / T6 train"]
    assert "T5 train / T5 test" in [f.where for f in near_duplicates(uses, facts, 8)]


def test_the_same_look_of_other_pixels_is_near() -> None:
    uses = [_use("T5", "train", "e", "a"), _use("T5", "test", "e", "b")]
    assert _told(near_duplicates(uses, _facts(uses, "xy", (5, 5)), 0)) == [
        ("T5 train / T5 test", 1, [["a", "b"]])
    ]


def test_the_same_pixels_are_not_told_again_as_near() -> None:
    uses = [_use("T5", "train", "e", "a"), _use("T5", "test", "e", "b")]
    assert not list(near_duplicates(uses, _facts(uses, "xx", (5, 5)), 4))


def test_two_images_of_one_patient_in_one_split_may_look_alike() -> None:
    uses = [_use("T8", "train", "o", "a", "p"), _use("T8", "train", "o", "b", "p")]
    assert not list(near_duplicates(uses, _facts(uses, "xy", (0, 1)), 4))
