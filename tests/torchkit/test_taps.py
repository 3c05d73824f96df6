"""Reading blocks of a toy decoder."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from medbench.torchkit.taps import host_array, last_token, read_blocks
from medbench.torchkit.truncated import Truncation, cut, truncation


class Block(torch.nn.Module):
    """Adds one and counts its calls; some real blocks return a tuple."""

    def __init__(self, as_tuple: bool) -> None:
        super().__init__()
        self.as_tuple, self.calls = as_tuple, 0

    def forward(self, hidden):
        self.calls += 1
        return (hidden + 1,) if self.as_tuple else hidden + 1


class Decoder(torch.nn.Module):
    def __init__(self, as_tuple: bool = False) -> None:
        super().__init__()
        self.layers = torch.nn.ModuleList(Block(as_tuple) for _ in range(6))
        self.norm = torch.nn.LayerNorm(3)

    def forward(self, hidden):
        for layer in self.layers:
            output = layer(hidden)
            hidden = output[0] if isinstance(output, tuple) else output
        return self.norm(hidden)


MASK = torch.tensor([[0, 0, 1, 1], [1, 1, 1, 0], [1, 1, 1, 1], [1, 0, 0, 0]])
HIDDEN = torch.arange(48, dtype=torch.float32).reshape(4, 4, 3)


def test_the_last_token_is_found_from_the_mask_on_either_padding_side():
    assert last_token(MASK).tolist() == [3, 2, 3, 0]


@pytest.mark.parametrize("as_tuple", [False, True])
def test_blocks_are_read_at_the_last_token_and_later_ones_do_not_run(as_tuple):
    decoder = Decoder(as_tuple)
    found = read_blocks(decoder.layers, {1, 3}, MASK, lambda: decoder(HIDDEN))
    expected = HIDDEN[torch.arange(4), last_token(MASK)]
    assert torch.equal(found[1], expected + 2) and torch.equal(found[3], expected + 4)
    assert [layer.calls for layer in decoder.layers] == [1, 1, 1, 1, 0, 0]


def test_hooks_are_gone_afterwards_even_when_the_forward_fails():
    decoder = Decoder()
    with pytest.raises(ValueError, match="broken"):
        read_blocks(decoder.layers, [2], MASK, lambda: (_ for _ in ()).throw(ValueError("broken")))
    read_blocks(decoder.layers, [2], MASK, lambda: decoder(HIDDEN))
    assert not any(layer._forward_hooks for layer in decoder.layers)
    assert decoder(HIDDEN).shape == HIDDEN.shape


def test_bfloat16_comes_to_numpy_as_float32_and_others_as_they_are():
    values = torch.tensor([1.5, -2.25])
    for dtype, expected in (
        (torch.bfloat16, "float32"),
        (torch.float16, "float16"),
        (torch.float32, "float32"),
    ):
        found = host_array(values.to(dtype))
        assert found.dtype == expected
        np.testing.assert_array_equal(found, [1.5, -2.25])


@pytest.mark.parametrize(
    ("deepest", "depth", "interval", "expected"),
    [
        (32, 80, 4, Truncation(36, 33)),
        (38, 80, 4, Truncation(40, 39)),
        (3, 8, 4, Truncation(4, 4)),
        (7, 8, 4, Truncation(8, 8)),
        (5, 6, 4, Truncation(6, 6)),
        (2, 8, 1, Truncation(3, 3)),
    ],
)
def test_blocks_are_loaded_in_whole_groups(deepest, depth, interval, expected):
    assert truncation(deepest, depth, interval) == expected


def test_cutting_drops_later_blocks_and_the_final_norm():
    decoder = Decoder()
    cut(decoder, 2)
    assert torch.equal(decoder(HIDDEN), HIDDEN + 2)
