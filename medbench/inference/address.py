"""Row addresses: what a model is shown, as one digest."""

from __future__ import annotations

import hashlib
import json

from medbench.models import ImagePart, Prompt

__all__ = ["prompt_address", "reply_address", "row_seed"]


def prompt_address(prompt: Prompt) -> str:
    """SHA-256 (hex) over roles, texts, image digests and marks in reading order."""
    shown = [
        [
            turn.role,
            [{"image": p.digest} if isinstance(p, ImagePart) else p for p in turn.parts],
            *(["closed"] if turn.closed else []),
        ]
        for turn in prompt.turns
    ]
    return _sha256(["medbench.prompt/1", shown])


def row_seed(task_digest: str, address: str, attempt: int, seed: int) -> int:
    """Seed (uint64) of one try of one case; the same wherever and in whatever order it runs."""
    return int(_sha256(["medbench.seed/1", task_digest, address, attempt, seed])[:16], 16)


def reply_address(address: str, seeds: list[int]) -> str:
    """Address of the replies to a prompt; ``seeds`` is empty for greedy decoding, which draws nothing."""
    return _sha256(["medbench.reply/1", address, seeds]) if seeds else address


def _sha256(value: object) -> str:
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()
