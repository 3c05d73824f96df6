"""Perceptual hashes as another package computes them, and every near pair that brute force finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from medbench.cohort.checks import near_pairs as room
from medbench.cohort.checks.near_pairs import near_pairs
from medbench.cohort.checks.perceptual_hash import perceptual_hash

X, Y = np.meshgrid(np.arange(260), np.arange(200))
WAVES = (127 + 120 * np.sin(X / 17) * np.cos(Y / 11)).astype(np.uint8)
PICTURES = {
    "ramp": np.stack([X % 256, Y % 256, (X + Y) % 256], -1),
    "disc": np.repeat((((X - 130) ** 2 + (Y - 90) ** 2 < 70**2) * 200)[..., None], 3, -1),
    "waves": np.repeat(WAVES[..., None], 3, -1),
    "noise": np.random.default_rng(7).integers(0, 256, (64, 48, 3), dtype=np.uint8),
    "black": np.zeros((40, 40, 3)),
}
IMAGEHASH = {
    "ramp": "851db525a92bae6a",
    "disc": "9e9e693967618626",
    "waves": "86f807f807f8f807",
    "noise": "f2b97d567e108858",
    "black": "0000000000000000",
}
"""``imagehash.phash`` of imagehash 4.3.2 on these pictures."""


@pytest.mark.parametrize("name", PICTURES)
def test_the_hash_is_that_of_imagehash(name: str) -> None:
    image = Image.fromarray(PICTURES[name].astype(np.uint8))
    assert f"{perceptual_hash(image):016x}" == IMAGEHASH[name]


def test_a_smaller_copy_of_less_quality_has_nearly_the_same_hash(tmp_path) -> None:
    image = Image.fromarray(PICTURES["waves"])
    image.resize((130, 100)).save(tmp_path / "copy.jpg", quality=60)
    with Image.open(tmp_path / "copy.jpg") as copy:
        assert (perceptual_hash(copy) ^ perceptual_hash(image)).bit_count() <= 4


def _brute(hashes: list[int], distance: int) -> list[list[int]]:
    return [
        [i, j]
        for i in range(len(hashes))
        for j in range(i + 1, len(hashes))
        if (hashes[i] ^ hashes[j]).bit_count() <= distance
    ]


FEW_BITS = st.builds(lambda bits: sum(1 << bit for bit in bits), st.sets(st.integers(0, 63), max_size=6))
ANY = st.integers(0, 2**64 - 1)


@given(st.lists(FEW_BITS | ANY, max_size=60), st.integers(0, 12))
@settings(max_examples=300, deadline=None)
def test_every_pair_of_brute_force_and_no_other(hashes: list[int], distance: int) -> None:
    assert near_pairs(np.array(hashes, dtype=np.uint64), distance).tolist() == _brute(hashes, distance)


@given(st.lists(FEW_BITS, min_size=2, max_size=40), st.integers(0, 8))
@settings(deadline=None)
def test_blocks_of_a_bucket_join_without_a_seam(hashes: list[int], distance: int) -> None:
    whole = room.CELLS
    room.CELLS = 7
    try:
        found = near_pairs(np.array(hashes, dtype=np.uint64), distance).tolist()
    finally:
        room.CELLS = whole
    assert found == _brute(hashes, distance)


@given(st.lists(ANY, min_size=1, max_size=20))
def test_bits_are_counted_without_numpy_2(values: list[int]) -> None:
    counted = room._count_bits_in_steps(np.array(values, dtype=np.uint64))
    assert counted.tolist() == [value.bit_count() for value in values]


def test_the_search_stops_where_it_is_told_to() -> None:
    hashes = np.zeros(100, dtype=np.uint64)
    assert len(near_pairs(hashes, 2)) == 4950
    assert len(near_pairs(hashes, 2, most=10)) == 10


@pytest.mark.parametrize("distance", [-1, 64])
def test_an_impossible_distance(distance: int) -> None:
    with pytest.raises(ValueError, match="distance"):
        near_pairs(np.zeros(2, dtype=np.uint64), distance)
