"""A cohort's counts against the spec's: what is refused, and what a record says when it is not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.cohort import CohortRow, ImageRef
from medbench.cohort.expected_counts import count_deviations
from medbench.errors import DataError
from medbench.spec import Catalogue, Task

DRAWN = {
    "train": 30, "test": 10, "tolerance": "sampled", "groups": {"train": 15, "test": 5}, "test_range": [8, 12]
}  # fmt: skip


def _task(expected: Mapping[str, Any]) -> Task:
    base = Catalogue().task("T4")
    return replace(base, id="X", data=replace(base.data, expected=expected))


def _rows(train: int, test: int, train_groups: int = 15, test_groups: int = 5) -> list[CohortRow]:
    return [
        CohortRow(split, number, "s", (ImageRef("i"),), number % groups, 0, {})
        for split, count, groups in (("train", train, train_groups), ("test", test, test_groups))
        for number in range(count)
    ]


@pytest.mark.parametrize("test", [8, 10, 12])
def test_a_drawn_split_inside_its_range(test: int) -> None:
    assert count_deviations(_task(DRAWN), _rows(40 - test, test), False) == []


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (_rows(33, 7), "test: 7 found, 8 to 12 expected"),
        (_rows(27, 13), "test: 13 found, 8 to 12 expected"),
        (_rows(29, 10), "images in all: 39 found, 40 expected"),
        (_rows(30, 10, 14, 5), "groups in train: 14 found, 15 expected"),
        (_rows(30, 10, 15, 6), "groups in test: 6 found, 5 expected"),
    ],
    ids=["too few", "too many", "sum", "train groups", "test groups"],
)
def test_a_drawn_split_that_is_not_the_one_stated(rows: list[CohortRow], said: str) -> None:
    with pytest.raises(DataError, match=said) as caught:
        count_deviations(_task(DRAWN), rows, False)
    assert (caught.value.code, "--allow-missing" in caught.value.hint) == ("MB613", True)
    assert count_deviations(_task(DRAWN), rows, True) == [f"counts differ ({said})"]


def test_every_difference_is_named() -> None:
    found = count_deviations(_task(DRAWN), _rows(20, 4, 4, 4), True)
    assert len(found) == 4


def test_without_a_range_the_sum_alone_is_fixed() -> None:
    plain = {"train": 30, "test": 10, "tolerance": "sampled"}
    assert count_deviations(_task(plain), _rows(1, 39), False) == []
    assert count_deviations(_task(plain), _rows(30, 11), True) == [
        "counts differ (images in all: 41 found, 40 expected)"
    ]


def test_groups_of_exact_counts_are_exact_too() -> None:
    exact = {"train": 30, "test": 10, "tolerance": "exact", "groups": {"train": 15, "test": 5}}
    assert count_deviations(_task(exact), _rows(30, 10), False) == []
    assert count_deviations(_task(exact), _rows(30, 10, 15, 4), True) == [
        "counts differ (groups in test: 4 found, 5 expected)"
    ]


def test_a_spec_that_states_nothing_expects_nothing() -> None:
    assert count_deviations(_task({}), _rows(1, 1), False) == []


@given(st.integers(0, 60), st.integers(0, 60))
def test_nothing_is_said_only_of_the_stated_counts(train: int, test: int) -> None:
    expected = {key: value for key, value in DRAWN.items() if key != "groups"}
    found = count_deviations(_task(expected), _rows(train, test), True)
    assert (not found) is (train + test == 40 and 8 <= test <= 12)
