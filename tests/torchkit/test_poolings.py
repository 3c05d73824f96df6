"""Pooling of a padded batch against plain indexing of each row's own tokens."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from medbench.errors import PluginError
from medbench.torchkit.poolings import TokenKinds, is_pooling, pool


@settings(max_examples=60, deadline=None)
@given(
    lengths=st.lists(st.integers(2, 7), min_size=1, max_size=5),
    left=st.booleans(),
    seed=st.integers(0, 2**16),
)
def test_each_pooling_reads_a_rows_own_tokens_wherever_the_padding_is(lengths, left, seed):
    """Every row's first token is text and its second an image's; the padding holds infinities."""
    made = torch.Generator().manual_seed(seed)
    rows = [torch.randn(length, 3, generator=made) for length in lengths]
    pictures = [torch.rand(length, generator=made) < 0.5 for length in lengths]
    for picture in pictures:
        picture[0], picture[1] = False, True
    longest = max(lengths)
    hidden = torch.full((len(rows), longest, 3), float("inf"))
    present, image = (torch.zeros(len(rows), longest, dtype=torch.bool) for _ in range(2))
    image[:] = True  # padding may carry an image token's id
    for number, (row, picture) in enumerate(zip(rows, pictures, strict=True)):
        place = slice(longest - len(row), longest) if left else slice(0, len(row))
        hidden[number, place], present[number, place], image[number, place] = row, True, picture
    kinds = TokenKinds(present, image)
    expected = {
        "last": [row[-1] for row in rows],
        "token-0": [row[0] for row in rows],
        "token-1": [row[1] for row in rows],
        "mean-image": [row[p].mean(0) for row, p in zip(rows, pictures, strict=True)],
        "mean-text": [row[~p].mean(0) for row, p in zip(rows, pictures, strict=True)],
    }
    for name, vectors in expected.items():
        torch.testing.assert_close(pool(hidden, name, kinds), torch.stack(vectors))


def test_means_are_taken_in_float32_and_single_tokens_keep_their_precision():
    hidden = torch.ones(1, 3, 2, dtype=torch.bfloat16)
    kinds = TokenKinds(torch.ones(1, 3, dtype=torch.bool), torch.zeros(1, 3, dtype=torch.bool))
    assert pool(hidden, "mean-text", kinds).dtype == torch.float32
    assert pool(hidden, "last", kinds).dtype == torch.bfloat16


@pytest.mark.parametrize("name", ["mean-image", "token-3"])
def test_a_row_without_such_a_token_is_refused(name):
    present = torch.tensor([[True, True, True, True], [True, True, True, False]])
    image = torch.tensor([[True, False, False, False], [False, False, False, True]])
    with pytest.raises(PluginError, match="MB721"):
        pool(torch.zeros(2, 4, 2), name, TokenKinds(present, image))


@pytest.mark.parametrize("name", ["mean", "token-", "token--1", "token-01", "token-1 ", "Last", ""])
def test_other_names_are_no_pooling(name):
    assert not is_pooling(name)
