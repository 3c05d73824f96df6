"""From generated token ids to replies: the new text only, and why it ended."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from medbench.models import Reply

__all__ = ["reply"]


def reply(new_ids: Sequence[int], stops: Collection[int], tokenizer: Any) -> Reply:
    """Cut at the first stop token and decode what stands before it.

    Args:
        new_ids: one row after the prompt, padding included.
        stops: ids that end a reply.
        tokenizer: has ``decode``.

    Returns:
        ``stop`` where a stop token came, else ``length``; ``n_tokens`` does not count the stop token.
    """
    ids = [int(token) for token in new_ids]
    end = next((at for at, token in enumerate(ids) if token in stops), None)
    kept = ids if end is None else ids[:end]
    text = tokenizer.decode(kept, skip_special_tokens=True, clean_up_tokenization_spaces=False)
    return Reply(text=text, n_tokens=len(kept), finish="length" if end is None else "stop")
