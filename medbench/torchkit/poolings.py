"""How a block's output becomes one vector a prompt: the last token, a mean of tokens, or a given token."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from medbench.errors import PluginError

__all__ = ["POOLINGS", "TokenKinds", "is_pooling", "pool"]

POOLINGS = ("last", "mean-text", "mean-image", "token-N")
_TOKEN = re.compile(r"token-(0|[1-9]\d*)")


@dataclass(frozen=True)
class TokenKinds:
    """Which positions of a padded batch hold what.

    Attributes:
        present: bool tensor (batch, length), false at padding.
        image: bool tensor (batch, length), true where an image's features stand.
    """

    present: Any
    image: Any


def is_pooling(name: str) -> bool:
    """Whether ``pool`` knows the name: ``last``, ``mean-text``, ``mean-image``, ``token-0``, ``token-1`` …

    >>> is_pooling("token-12"), is_pooling("token-N"), is_pooling("cls")
    (True, False, False)
    """
    return name in POOLINGS[:-1] or _TOKEN.fullmatch(name) is not None


def pool(hidden: Any, name: str, kinds: TokenKinds) -> Any:
    """One vector a row of ``hidden`` (batch, length, width), wherever its padding stands.

    ``last`` and ``token-N`` (counted from the prompt's first token, 0) come in the model's precision; means
    are taken in float32. ``mean-image`` is over the positions of image features, ``mean-text`` over all
    others that are no padding, marks included.

    Raises:
        PluginError: MB721, a prompt has no token of that kind.
    """
    present = kinds.present.to(hidden.device)
    image = kinds.image.to(hidden.device) & present
    if name == "mean-image":
        return _mean(hidden, image, "image")
    if name == "mean-text":
        return _mean(hidden, present & ~image, "text")
    return _at(hidden, present, None if name == "last" else int(name.removeprefix("token-")))


def _mean(hidden: Any, chosen: Any, kind: str) -> Any:
    count = chosen.sum(dim=1, keepdim=True)
    if (count == 0).any():
        raise PluginError("MB721", f"a prompt has no {kind} tokens to take the mean of")
    return hidden.float().masked_fill(~chosen[..., None], 0.0).sum(dim=1) / count


def _at(hidden: Any, present: Any, number: int | None) -> Any:
    order = present.long().cumsum(dim=1)
    wanted = order[:, -1:] if number is None else number + 1
    found = present & (order == wanted)
    if not found.any(dim=1).all():
        raise PluginError("MB721", f"a prompt has no token {number or 0}")
    position = found.long().argmax(dim=1)
    return hidden.gather(1, position[:, None, None].expand(-1, 1, hidden.shape[2]))[:, 0]
