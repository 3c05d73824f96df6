"""Replies of IDEFICS: settings written out in full, draws row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from numpy.typing import NDArray
from transformers import GenerationConfig

from medbench.models import Prompt, Reply, Sampling
from medbench.torchkit.replies import reply
from medbench.torchkit.row_sampler import RowSampler
from medbench_idefics.marks import FAKE, IMAGE

if TYPE_CHECKING:
    from medbench_idefics.model import IdeficsModel

__all__ = ["draw", "settings"]


def settings(tokenizer: Any, turn_end: str, max_new_tokens: int) -> GenerationConfig:
    """Greedy search until the turn or the text ends; image marks, which the weights like to emit, are banned.

    Stop and ban follow the authors' advice (transformers, ``docs/source/en/tasks/idefics.md``).
    """
    stops = [tokenizer.eos_token_id]
    if turn_end:
        stops.append(tokenizer.convert_tokens_to_ids(turn_end))
    return GenerationConfig(
        do_sample=False,
        num_beams=1,
        num_return_sequences=1,
        max_new_tokens=max_new_tokens,
        repetition_penalty=1.0,
        use_cache=True,
        bos_token_id=tokenizer.bos_token_id,
        eos_token_id=stops,
        pad_token_id=tokenizer.pad_token_id,
        bad_words_ids=[[tokenizer.convert_tokens_to_ids(mark)] for mark in (FAKE, IMAGE)],
    )


def draw(
    model: IdeficsModel, prompts: Sequence[Prompt], sampling: Sampling, seeds: NDArray[np.uint64]
) -> list[list[Reply]]:
    """k replies a prompt for ``seeds`` uint64 (prompts, k); greedy tries are equal and run once."""
    tries = seeds.shape[1]
    runs = tries if sampling.top_k else 1
    tokenizer = model.handle.processor.tokenizer
    inputs = {name: t.repeat_interleave(runs, dim=0) for name, t in model.inputs(prompts, "left").items()}
    length = inputs["input_ids"].shape[1]
    wanted = settings(tokenizer, model.handle.marks.turn_end, sampling.max_new_tokens)
    processors = [RowSampler(seeds.reshape(-1), sampling, length)] if sampling.top_k else []
    with torch.inference_mode():
        ids = model.generator.generate(**inputs, generation_config=wanted, logits_processor=processors)
    new = ids[:, length:].cpu().tolist()
    replies = [reply(row, wanted.eos_token_id, tokenizer) for row in new]
    return [(replies[at : at + runs] * tries)[:tries] for at in range(0, len(replies), runs)]
