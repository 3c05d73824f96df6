from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from medbench.stats import draw_counts

GROUPS = st.lists(st.integers(-5, 30), min_size=1, max_size=60)
PRINT_DIGEST = (
    "import hashlib, numpy as np; from medbench.stats import draw_counts;"
    "print(hashlib.sha256(draw_counts(np.arange(500) // 3, 70, 'T4', 20231221).tobytes()).hexdigest())"
)


def _digest(counts: np.ndarray) -> str:
    return hashlib.sha256(counts.astype("<u2").tobytes()).hexdigest()


def test_the_bits_are_pinned_for_ever() -> None:
    counts = draw_counts(np.arange(500) // 3, 70, "T4", 20231221)
    assert counts.dtype == np.uint16
    assert _digest(counts) == "3a76be23abd15c9f0130e6754d74ced8c1f3ca705227a2174158c3248b82a82f"


def test_another_process_draws_the_same_bits() -> None:
    found = subprocess.run([sys.executable, "-c", PRINT_DIGEST], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == _digest(draw_counts(np.arange(500) // 3, 70, "T4", 20231221))


@given(GROUPS, st.integers(1, 20), st.integers(0, 2**63))
def test_whole_groups_are_drawn_and_their_number_is_kept(
    groups: list[int], replicates: int, seed: int
) -> None:
    counts = draw_counts(groups, replicates, "key", seed)
    first = [groups.index(group) for group in sorted(set(groups))]
    assert (counts[:, first].sum(axis=1) == len(first)).all()
    for group in set(groups):
        members = counts[:, np.asarray(groups) == group]
        assert (members == members[:, :1]).all()


@given(GROUPS, st.randoms())
def test_row_order_only_permutes_columns(groups: list[int], random: object) -> None:
    order = np.arange(len(groups))
    random.shuffle(order)  # type: ignore[attr-defined]
    shuffled = draw_counts(np.asarray(groups)[order], 5, "key", 1)
    assert np.array_equal(shuffled, draw_counts(groups, 5, "key", 1)[:, order])


@given(st.integers(1, 40), st.integers(1, 150))
def test_a_replicate_does_not_depend_on_how_many_there_are(n: int, replicates: int) -> None:
    assert np.array_equal(
        draw_counts(np.arange(n), 150, "k", 3)[:replicates], draw_counts(np.arange(n), replicates, "k", 3)
    )


def test_key_and_seed_decide_the_draws() -> None:
    groups = np.arange(50)
    draws = [draw_counts(groups, 4, key, seed) for key, seed in (("a", 1), ("a", 2), ("b", 1), ("a1", 1))]
    assert all(not np.array_equal(draws[i], draws[j]) for i in range(4) for j in range(i))


def test_counts_follow_the_multinomial_law() -> None:
    n, replicates = 40, 4000
    counts = draw_counts(np.arange(n), replicates, "law", 7).astype(float)
    assert np.abs(counts.mean(axis=0) - 1).max() < 5 * np.sqrt((1 - 1 / n) / replicates)
    covariance = np.cov(counts, rowvar=False)
    assert abs(np.diag(covariance).mean() - (1 - 1 / n)) < 0.03
    assert abs(covariance[~np.eye(n, dtype=bool)].mean() + 1 / n) < 0.01


@pytest.mark.parametrize("groups", [[], [[0, 1]], [0.5, 1.0], ["a"]])
def test_what_is_no_group_number_is_refused(groups: list[object]) -> None:
    with pytest.raises(ValueError, match="groups"):
        draw_counts(groups, 1, "k", 0)


def test_no_replicate_is_refused() -> None:
    with pytest.raises(ValueError, match="replicates"):
        draw_counts([0], 0, "k", 0)
