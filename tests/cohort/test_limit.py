"""``--limit`` keeps classes, numbers anew, and never pairs with the whole."""

from __future__ import annotations

from collections import Counter

import pytest

from medbench.cohort import Cohort, CohortRow, ImageRef
from medbench.cohort.limit import limit_cohort


def _rows(split, labels, first_group: int = 0) -> list[CohortRow]:
    return [
        CohortRow(split, i, "s", (ImageRef(f"{split}{i}"),), first_group + i // 2, label, {})
        for i, label in enumerate(labels)
    ]


def _cohort(*rows: CohortRow) -> Cohort:
    return Cohort("T", rows, ("a", "b", "c"), False, "patient", True, "digest", "key")


WHOLE = _cohort(*_rows("train", [0] * 80 + [1] * 15 + [2] * 5), *_rows("test", [0] * 30 + [1] * 3 + [2] * 1))


@pytest.mark.parametrize("n", [3, 4, 12, 1000])
def test_classes_are_taken_in_turn(n: int) -> None:
    part = limit_cohort(WHOLE, n)
    for split, there in (("train", {0: 80, 1: 15, 2: 5}), ("test", {0: 30, 1: 3, 2: 1})):
        kept = Counter(row.label for row in part.split(split))
        assert sum(kept.values()) == min(n, sum(there.values()))
        assert set(kept) == {0, 1, 2}
        for label, count in kept.items():
            rivals = [kept[other] for other in kept if kept[other] < there[other]]
            assert count == there[label] or count >= max(rivals, default=0) - 1


def test_rows_are_numbered_anew_in_their_order() -> None:
    part = limit_cohort(WHOLE, 12).split("train")
    assert [row.number for row in part] == list(range(12))
    old = {row.images: row for row in WHOLE.rows}
    assert [old[row.images].number for row in part] == sorted(old[row.images].number for row in part)
    seen = list(dict.fromkeys(row.group for row in part))
    assert seen == list(range(len(seen)))
    pairs = {(old[row.images].group, row.group) for row in part}
    assert len(pairs) == len({group for group, _ in pairs}) == len({group for _, group in pairs})


def test_the_same_each_time_and_open_and_apart() -> None:
    part = limit_cohort(WHOLE, 12)
    assert part == limit_cohort(WHOLE, 12)
    assert len({WHOLE.resample_key, part.resample_key, limit_cohort(WHOLE, 13).resample_key}) == 3
    assert part.deviations == ("limited to 12 rows a split",)


def test_exemplars_stay() -> None:
    cohort = _cohort(*_rows("exemplar", [0, 1]), *_rows("test", [0, 1, 2, 0]))
    part = limit_cohort(cohort, 1)
    assert (part.split("exemplar"), len(part.split("test"))) == (cohort.split("exemplar"), 1)


def test_several_labels_a_row() -> None:
    labels = [(1, 0, 0)] * 20 + [(0, 1, 1), (0, 0, 0)]
    part = limit_cohort(_cohort(*_rows("train", labels), *_rows("test", labels)), 3)
    assert {row.label for row in part.split("train")} == set(labels)
