"""Subsets of train: nested, whole groups, no class lost, the same everywhere."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.analysis import nested_subsets

FRACTIONS = (0.01, 0.1, 0.25, 0.5, 1.0)


@st.composite
def _labelled(draw: st.DrawFn) -> tuple[np.ndarray, np.ndarray]:
    n = draw(st.integers(1, 60))
    groups = np.array(draw(st.lists(st.integers(0, 12), min_size=n, max_size=n)))
    if draw(st.booleans()):
        return np.array(draw(st.lists(st.integers(0, 3), min_size=n, max_size=n))), groups
    rows = st.lists(st.integers(0, 1), min_size=3, max_size=3)
    return np.array(draw(st.lists(rows, min_size=n, max_size=n))), groups


@given(_labelled(), st.integers(0, 3))
def test_nested_whole_groups_and_no_class_lost(labelled: tuple[np.ndarray, np.ndarray], draw: int) -> None:
    Y, groups = labelled
    found = nested_subsets(Y, groups, FRACTIONS, draw, "key")
    for smaller, larger in itertools.pairwise(found):
        assert set(smaller) <= set(larger)
    assert list(found[-1]) == list(range(len(groups)))
    for index in found:
        assert set(np.flatnonzero(np.isin(groups, groups[index]))) == set(index), "no group is cut"
        if Y.ndim == 1:
            # a class that only ever stands beside a rarer one may lack; the rarest of all never does
            rarest = min(set(Y.tolist()), key=lambda label: (len(set(groups[label == Y])), -label))
            fewest = len(set(groups[rarest == Y]))
            equals = [c for c in set(Y.tolist()) if len(set(groups[c == Y])) == fewest]
            assert set(equals) & set(Y[index].tolist())


def test_a_fraction_is_a_share_of_each_classs_groups() -> None:
    Y, groups = np.repeat([0, 1], [80, 20]), np.arange(100)
    [index] = nested_subsets(Y, groups, (0.1,), 0, "key")
    assert np.bincount(Y[index]).tolist() == [8, 2]


def test_a_rare_class_keeps_a_group() -> None:
    Y = np.array([0] * 99 + [1])
    [index] = nested_subsets(Y, np.arange(100), (0.01,), 0, "key")
    assert Y[index].tolist() == [0, 1]


def test_draws_differ_and_repeat() -> None:
    Y, groups = np.zeros(50, dtype=int), np.arange(50)
    first, again, other, elsewhere = (
        nested_subsets(Y, groups, (0.2,), draw, key)[0].tolist()
        for draw, key in ((0, "k"), (0, "k"), (1, "k"), (0, "l"))
    )
    assert first == again and first != other and first != elsewhere
    # held for ever: a record made by a later version is of the same rows
    assert first == [3, 4, 25, 31, 32, 33, 34, 35, 46, 47] or pytest.fail(f"the draw changed: {first}")
