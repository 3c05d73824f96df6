"""Replies: settings written out in full, draws row by row."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import GenerationConfig

from medbench.models import Prompt, Reply, Sampling
from medbench.torchkit.replies import reply
from medbench.torchkit.row_sampler import RowSampler

if TYPE_CHECKING:
    from medbench_hf.language_handle import LanguageHandle
    from medbench_hf.language_model import LanguageModel

__all__ = ["draw", "settings"]


def settings(handle: LanguageHandle, max_new_tokens: int) -> GenerationConfig:
    """Greedy search until one of the model's stop tokens."""
    tokenizer = handle.processor.tokenizer
    return GenerationConfig(
        do_sample=False,
        num_beams=1,
        num_return_sequences=1,
        max_new_tokens=max_new_tokens,
        repetition_penalty=1.0,
        use_cache=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=_stops(handle),
        pad_token_id=tokenizer.pad_token_id,
    )


def draw(
    model: LanguageModel, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
) -> list[list[Reply]]:
    """k replies a prompt for ``seeds`` uint64 (prompts, k); greedy tries are equal and run once."""
    tries = seeds.shape[1]
    runs = tries if sampling.top_k else 1
    # Tensors of images have no row a prompt in some families, so prompts are repeated, not tensors.
    made = model.inputs([prompt for prompt in prompts for _ in range(runs)], "left")
    length = made["input_ids"].shape[1]
    wanted = settings(model.handle, sampling.max_new_tokens)
    processors = [RowSampler(seeds.reshape(-1), sampling, length)] if sampling.top_k else []
    with torch.inference_mode():
        ids = model.body.generate(**made, generation_config=wanted, logits_processor=processors)
    new = ids[:, length:].cpu().tolist()
    replies = [reply(row, wanted.eos_token_id, model.handle.processor.tokenizer) for row in new]
    return [(replies[at : at + runs] * tries)[:tries] for at in range(0, len(replies), runs)]


def _stops(handle: LanguageHandle) -> list[int]:
    """Ids that end a reply: the folder's own, the tokenizer's end, and the end of a turn."""
    file, tokenizer = handle.folder / "generation_config.json", handle.processor.tokenizer
    said = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    turn_end = handle.marks.turn_end
    found = [
        *_ids(said.get("eos_token_id")),
        *_ids(handle.text.eos_token_id),
        *_ids(tokenizer.eos_token_id),
        *_ids(tokenizer.convert_tokens_to_ids(turn_end) if turn_end else None),
    ]
    return sorted(set(found))


def _ids(said: Any) -> list[int]:
    if said is None:
        return []
    return [int(token) for token in (said if isinstance(said, list) else [said])]
