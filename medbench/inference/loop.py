"""The loop: batches of prompts through a model, shard by shard; decoding runs ahead of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from medbench.errors import PluginError
from medbench.inference.calls import call_activations, call_generate
from medbench.inference.plan import Plan, PlannedShard
from medbench.inference.store import Store
from medbench.models import Model, Prompt, Reply, Sampling, Tap

__all__ = ["Work", "compute_activations", "compute_replies"]

DECODE_THREADS = 2


@dataclass(frozen=True)
class Work:
    """One stage's inference.

    Attributes:
        prompt: builds the prompt of a row address, decoding its images.
        step: told how many more rows are done.
        load: gives the model; called only when something is left to compute.
        pixels: what is known of the prepared image of an address, for the shard's manifest.
    """

    store: Store
    plan: Plan
    prompt: Callable[[str], Prompt]
    step: Callable[[int], None]
    load: Callable[[], Model]
    pixels: Mapping[str, str] = field(default_factory=dict)

    def header(self, addresses: Iterable[str]) -> dict[str, Any]:
        """What a shard's manifest says beside its rows; ``addresses`` are those of its images."""
        known = {address: self.pixels[address] for address in addresses if address in self.pixels}
        return {"batch_size": self.plan.batch_size, "images": known}


def compute_activations(work: Work, taps: Sequence[Tap]) -> None:
    """Compute and write every shard that the store lacks.

    Raises:
        PluginError: the model raises, or breaks the contract.
        RunError: a batch does not fit into memory, or an activation is not finite.
    """
    names = [tap.name for tap in taps]
    left = work.plan.left(work.store)
    for shard in left:
        parts, images = [], set()
        for batch in _batches(work, shard.rows):
            images |= _addresses(batch)
            parts.append(call_activations(work.load(), batch, taps))
            work.step(len(batch))
        for name in names:
            _same_width(name, {part[name].shape[1] for part in parts})
        payload = {name: np.concatenate([part[name] for part in parts]) for name in names}
        work.store.write(shard.name, shard.rows, payload, work.header(images))
    if left:
        work.store.refresh()


def _same_width(tap: str, widths: set[int]) -> None:
    if len(widths) > 1:
        raise PluginError("MB710", f"activations at {tap} are of several widths: {sorted(widths)}")


def compute_replies(work: Work, sampling: Sampling, seeds: Callable[[str], list[int]]) -> None:
    """Generate and write every shard of replies that the store lacks.

    Args:
        seeds: the seeds of a row's tries; their number is the number of tries.

    Raises:
        PluginError: the model breaks the contract, or fails on every row that it was asked (MB713).
        RunError: a batch does not fit into memory.
    """
    left = work.plan.left(work.store)
    answered = len(left) < len(work.plan.shards)
    for shard in left:
        images: set[str] = set()
        replies, fault = _replies(work, shard, sampling, seeds, images)
        answered = answered or any(reply.finish != "error" for tries in replies for reply in tries)
        if not answered:
            # kept out of the store: it is the model's fault, and must be asked again once that is mended
            why = f": {type(fault).__name__}: {fault}" if fault else ""
            raise PluginError("MB713", f"every reply failed{why}") from fault
        work.store.write(shard.name, shard.rows, replies, work.header(images))
    if left:
        work.store.refresh()


def _replies(
    work: Work, shard: PlannedShard, sampling: Sampling, seeds: Callable[[str], list[int]], images: set[str]
) -> tuple[list[list[Reply]], BaseException | None]:
    replies: list[list[Reply]] = []
    first: BaseException | None = None
    rows = iter(shard.rows)
    for batch in _batches(work, shard.rows):
        images |= _addresses(batch)
        batch_seeds = np.array([seeds(next(rows)) for _ in batch], dtype=np.uint64)
        found, fault = call_generate(work.load(), batch, sampling, batch_seeds)
        first = first or fault
        replies += found
        work.step(len(batch))
    return replies, first


def _addresses(batch: Sequence[Prompt]) -> set[str]:
    return {image.digest for prompt in batch for image in prompt.images()}


def _batches(work: Work, rows: Sequence[str]) -> Iterator[list[Prompt]]:
    """Batches in order, the next one being decoded while the model works on this one."""
    size = work.plan.batch_size
    starts = range(0, len(rows), size)
    with ThreadPoolExecutor(DECODE_THREADS) as pool:
        ahead = [pool.submit(work.prompt, row) for row in rows[:size]]
        for start in starts:
            current = ahead
            ahead = [pool.submit(work.prompt, row) for row in rows[start + size : start + 2 * size]]
            yield [future.result() for future in current]
