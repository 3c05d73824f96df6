"""Read the output of decoder blocks, as at the last prompt token, and stop there.

"Block k" is the output of ``layers[k]``, 0-based: ``hidden_states[k + 1]`` of transformers for every block
but the last, whose entry there has passed the final norm, while a tap reads it before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import torch

__all__ = ["host_array", "last_token", "read_blocks", "read_layers"]


class _DeepEnough(Exception):  # noqa: N818 - it reports no error
    """Ends a forward pass once the deepest block has been read."""


def last_token(attention_mask: Any) -> Any:
    """Position of each row's last token, int64 (batch,), from a mask (batch, length) of 0 and 1.

    Right for padding on either side, where "the final position" is right for left padding alone.
    """
    positions = torch.arange(attention_mask.shape[1], device=attention_mask.device)
    return (attention_mask.long() * positions).argmax(dim=1)


def read_blocks(
    layers: Sequence[Any], blocks: Collection[int], attention_mask: Any, forward: Callable[[], object]
) -> dict[int, Any]:
    """Run ``forward`` up to the deepest of ``blocks`` and keep what each gives at the last prompt token.

    Args:
        layers: the decoder's blocks (``model.get_decoder().layers``).
        blocks: 0-based numbers; at least one.
        attention_mask: (batch, length), 1 where a token is.
        forward: runs the model on the batch that ``attention_mask`` belongs to.

    Returns:
        ``{block: tensor (batch, width)}`` on the model's device and in its precision.

    Raises:
        IndexError: a block that ``layers`` does not have.
    """
    position = last_token(attention_mask)

    def at_last(hidden: Any) -> Any:
        rows = torch.arange(hidden.shape[0], device=hidden.device)
        return hidden[rows, position.to(hidden.device)]

    return read_layers(layers, dict.fromkeys(blocks, at_last), forward)


def read_layers(
    layers: Sequence[Any], keep: Mapping[int, Callable[[Any], Any]], forward: Callable[[], object]
) -> dict[int, Any]:
    """Run ``forward`` up to the deepest block named and keep what is asked of each block's output.

    Args:
        layers: the decoder's blocks.
        keep: by 0-based number of a block, what to make of its output (batch, length, width); at least one.
        forward: runs the model.

    Returns:
        What ``keep`` made, by block.

    Raises:
        IndexError: a block that ``layers`` does not have.
    """
    kept: dict[int, Any] = {}
    readers = {block: _reader(kept, block, make, block == max(keep)) for block, make in keep.items()}
    hooks = [layers[block].register_forward_hook(reader) for block, reader in readers.items()]
    try:
        with torch.inference_mode():
            forward()
    except _DeepEnough:
        pass
    finally:
        for hook in hooks:
            hook.remove()
    return kept


def _reader(
    kept: dict[int, Any], block: int, make: Callable[[Any], Any], last: bool
) -> Callable[[Any, Any, Any], None]:
    """A forward hook that keeps what ``make`` takes of the output and, if ``last``, ends the pass."""

    def read(_module: Any, _inputs: Any, output: Any) -> None:
        kept[block] = make(output[0] if isinstance(output, tuple) else output)
        if last:
            raise _DeepEnough

    return read


def host_array(tensor: Any) -> Any:
    """The same values in numpy: float32 for bfloat16, which numpy lacks; else the tensor's own type."""
    exact = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return exact.detach().cpu().numpy()
