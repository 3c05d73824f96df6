"""Patients, images and exemplars that test shares with train: found, named by salted ids, refused."""

from __future__ import annotations

import pytest

from medbench.cohort import CohortRow, ImageRef
from medbench.cohort.checks import LeakError, Leaks, describe_leaks, find_leaks, refuse_leaks


def _row(split, number, *images: str, group: int | None = None, **columns) -> CohortRow:
    refs = tuple(ImageRef(image) for image in images)
    return CohortRow(split, number, "s", refs, number if group is None else group, 0, columns)


def _digests(**known: str) -> dict[tuple[str, ImageRef], str]:
    return {("s", ImageRef(name)): digest for name, digest in known.items()}


ROWS = [_row("train", 0, "a"), _row("train", 1, "b"), _row("test", 0, "c"), _row("test", 1, "d")]


def test_nothing_leaks() -> None:
    found = find_leaks(ROWS, _digests(a="1", b="1", c="2", d="2"))
    assert not found and found.counts() == {"groups": 0, "images": 0, "exemplars": 0}
    refuse_leaks(found, "X", _name)


def _name(source: str, image: ImageRef) -> str:
    return f"id-{image.path}"


def test_a_duplicate_image_is_named() -> None:
    found = find_leaks(ROWS, _digests(a="1", b="2", c="2", d="3"))
    assert [(leak.image.path, leak.test_image.path) for leak in found.images] == [("b", "c")]
    with pytest.raises(LeakError) as caught:
        refuse_leaks(found, "X", _name)
    assert (caught.value.code, caught.value.where) == ("MB640", "X")
    assert caught.value.message == "1 test image that is in train too (id-b = id-c)"
    assert describe_leaks(found) == "1 test image that is in train too"


def test_an_image_that_could_not_be_read_is_not_compared() -> None:
    assert not find_leaks(ROWS, _digests(a="1", c="2"))


def test_a_shared_patient_is_named() -> None:
    found = find_leaks(ROWS, {}, shared_groups=((1, 0),))
    assert [(leak.image.path, leak.test_image.path) for leak in found.groups] == [("b", "c")]
    assert not found.images and not found.exemplars


def test_the_first_three_of_many() -> None:
    rows = [_row("train", i, f"a{i}") for i in range(5)] + [_row("test", i, f"t{i}") for i in range(5)]
    digests = _digests(**{f"{side}{i}": str(i) for side in "at" for i in range(5)})
    with pytest.raises(
        LeakError, match=r"5 test images .*\(first: id-a0 = id-t0, id-a1 = id-t1, id-a2 = id-t2\)"
    ):
        refuse_leaks(find_leaks(rows, digests), "X", _name)


def test_a_spec_may_keep_duplicate_images_but_no_patient() -> None:
    both = find_leaks(ROWS, _digests(a="1", c="1"), shared_groups=((0, 0),))
    assert both.refused("refuse") == both
    assert both.refused("report") == Leaks(groups=both.groups)


CASES = [_row("exemplar", 0, "e"), _row("test", 0, "f", "g"), _row("test", 1, "h")]


def test_an_exemplar_is_found_by_any_of_its_images_once() -> None:
    found = find_leaks(CASES, _digests(e="1", f="2", g="1", h="1"))
    assert [leak.test_image.path for leak in found.exemplars] == ["g", "h"]
    assert not found.images


def test_an_exemplar_is_found_by_its_group() -> None:
    found = find_leaks(CASES[:2], {}, shared_groups=((0, 0),))
    assert [leak.test_image.path for leak in found.exemplars] == ["f"]
    assert not found.groups
