"""Reading 40 % of a decoder against a plain loop over ``output_hidden_states``: time, memory, weights."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import torch

from medbench.torchkit.taps import read_blocks
from medbench.torchkit.truncated import shortened

DEPTH, SHARE = 20, 0.4
BATCH, LENGTH, ROUNDS = 8, 192, 3


def decoder(blocks: int | None = None) -> Any:
    """A random LLaMA of about 160 million weights; its first ``blocks`` blocks where a number is given."""
    from transformers import LlamaConfig, LlamaForCausalLM

    config = LlamaConfig(
        hidden_size=768, intermediate_size=2048, num_hidden_layers=DEPTH, num_attention_heads=12,
        num_key_value_heads=12, vocab_size=8000,
    )  # fmt: skip
    torch.manual_seed(1)
    return LlamaForCausalLM(shortened(config, blocks) if blocks else config).eval()


def weights_ratio() -> float:
    """Bytes of the weights up to the block at 40 % by those of the whole model; no head is built for taps."""

    def size(model: Any) -> int:
        return sum(p.numel() * p.element_size() for p in model.parameters())

    return size(decoder(int(DEPTH * SHARE)).model) / size(decoder())


def depth_ratios() -> tuple[float, float, bool]:
    """Time of the plain loop by ours, our extra memory by the plain loop's, and whether vectors are equal."""
    model, block = decoder(), int(DEPTH * SHARE) - 1
    torch.manual_seed(2)
    tokens = torch.randint(0, 8000, (BATCH, LENGTH))
    mask = torch.ones_like(tokens)

    def plain() -> Any:
        with torch.inference_mode():
            out = model(input_ids=tokens, attention_mask=mask, output_hidden_states=True)
        return out.hidden_states[block + 1][:, -1]

    def ours() -> Any:
        run = lambda: model.get_decoder()(input_ids=tokens, attention_mask=mask, use_cache=False)  # noqa: E731
        return read_blocks(model.get_decoder().layers, [block], mask, run)[block]

    same = torch.equal(plain(), ours())
    best = {f: min(_seconds(f) for _ in range(ROUNDS)) for f in (plain, ours)}
    return best[plain] / best[ours], _extra(ours) / _extra(plain), same


def _seconds(call: Callable[[], object]) -> float:
    begin = time.process_time()
    call()
    return time.process_time() - begin


def _extra(call: Callable[[], object]) -> int:
    """Bytes of memory at the highest moment above those before."""
    from torch.profiler import ProfilerActivity, profile

    with profile(activities=[ProfilerActivity.CPU], profile_memory=True, record_shapes=False) as seen:
        call()
    held = highest = 0
    for event in sorted(_memory_events(seen), key=lambda e: e[0]):
        held += event[1]
        highest = max(highest, held)
    return highest


def _memory_events(seen: Any) -> list[tuple[int, int]]:
    events = seen.profiler.kineto_results.events()
    return [(e.start_ns(), e.nbytes()) for e in events if e.name() == "[memory]"]
