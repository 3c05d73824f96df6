"""Read the output of decoder blocks at the last prompt token, and stop there.

"Block k" is the output of ``layers[k]``, 0-based: ``hidden_states[k + 1]`` of transformers for every block
but the last, whose entry there has passed the final norm, while a tap reads it before.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import Any

import torch

__all__ = ["host_array", "last_token", "read_blocks"]


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
    kept: dict[int, Any] = {}
    position = last_token(attention_mask)
    readers = {block: _reader(kept, block, position, block == max(blocks)) for block in set(blocks)}
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


def _reader(kept: dict[int, Any], block: int, position: Any, last: bool) -> Callable[[Any, Any, Any], None]:
    """A forward hook that keeps the output of ``block`` at ``position`` and, if ``last``, ends the pass."""

    def read(_module: Any, _inputs: Any, output: Any) -> None:
        hidden = output[0] if isinstance(output, tuple) else output
        rows = torch.arange(hidden.shape[0], device=hidden.device)
        kept[block] = hidden[rows, position.to(hidden.device)]
        if last:
            raise _DeepEnough

    return read


def host_array(tensor: Any) -> Any:
    """The same values in numpy: float32 for bfloat16, which numpy lacks; else the tensor's own type."""
    exact = tensor.float() if tensor.dtype == torch.bfloat16 else tensor
    return exact.detach().cpu().numpy()
