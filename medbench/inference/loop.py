"""The loop: batches of prompts through a model, shard by shard; decoding and writing run beside the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from medbench.errors import PluginError
from medbench.inference.backoff import halving
from medbench.inference.calls import call_activations, call_generate
from medbench.inference.plan import Plan, PlannedShard
from medbench.inference.prefetch import decoded
from medbench.inference.shards import Payload
from medbench.inference.store import Store
from medbench.inference.writer import Writer
from medbench.models import Model, Prompt, Reply, Sampling, Tap

__all__ = ["Work", "compute_activations", "compute_replies"]


def _untold(**_fields: Any) -> None:
    pass


@dataclass(frozen=True)
class Work:
    """One stage's inference.

    Attributes:
        prompt: builds the prompt of a row address, decoding its images.
        step: told how many more rows are done.
        load: gives the model; called only when something is left to compute.
        pixels: what is known of the prepared image of an address, for the shard's manifest.
        tell: told of each shard written: rows, bytes, seconds, and how many of its batches were halved.
    """

    store: Store
    plan: Plan
    prompt: Callable[[str], Prompt]
    step: Callable[[int], None]
    load: Callable[[], Model]
    pixels: Mapping[str, str] = field(default_factory=dict)
    tell: Callable[..., None] = _untold

    def header(self, addresses: Iterable[str]) -> dict[str, Any]:
        """What a shard's manifest says beside its rows; ``addresses`` are those of its images."""
        known = {address: self.pixels[address] for address in sorted(addresses) if address in self.pixels}
        return {"batch_size": self.plan.batch_size, "images": known}


@dataclass
class _Pass:
    """One shard on its way: its images, and the batches that were halved for want of memory."""

    work: Work
    shard: PlannedShard
    began: float = field(default_factory=time.perf_counter)
    images: set[str] = field(default_factory=set)
    halved: list[list[int]] = field(default_factory=list)

    @property
    def batches(self) -> list[Sequence[str]]:
        size = self.work.plan.batch_size
        return [self.shard.rows[start : start + size] for start in range(0, len(self.shard.rows), size)]

    def done(self, batch: Sequence[Prompt], parts: Sequence[int]) -> None:
        """A batch is computed, in parts of so many rows."""
        self.images |= {image.digest for prompt in batch for image in prompt.images()}
        if len(parts) > 1:
            self.halved.append(list(parts))
        self.work.step(len(batch))

    def write(self, payload: Payload) -> None:
        """Write it; what takes time here takes none of the model's."""
        header = self.work.header(self.images)
        if self.halved:
            header["halved"] = self.halved
        size = self.work.store.write(self.shard.name, self.shard.rows, payload, header)
        seconds = round(time.perf_counter() - self.began, 3)
        self.work.tell(rows=len(self.shard.rows), bytes=size, seconds=seconds, halved=len(self.halved))


def compute_activations(work: Work, taps: Sequence[Tap]) -> None:
    """Compute and write every shard that the store lacks.

    Raises:
        PluginError: the model raises, or breaks the contract.
        RunError: a single row does not fit into memory, or an activation is not finite.
    """
    names = [tap.name for tap in taps]
    left = [_Pass(work, shard) for shard in work.plan.left(work.store)]
    prompts = decoded(work.prompt, [batch for one in left for batch in one.batches])
    with closing(prompts), Writer() as writer:
        for one in left:
            one.began = time.perf_counter()
            parts: list[Mapping[str, Any]] = []
            for _ in one.batches:
                batch = next(prompts)
                found = halving(
                    lambda rows, batch=batch: call_activations(work.load(), batch[rows], taps),  # type: ignore[misc]
                    slice(0, len(batch)),
                )
                parts += found
                one.done(batch, [len(part[names[0]]) for part in found])
            for name in names:
                _same_width(name, {part[name].shape[1] for part in parts})
            payload = {name: np.concatenate([part[name] for part in parts]) for name in names}
            writer.write(lambda one=one, payload=payload: one.write(payload))  # type: ignore[misc]
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
        RunError: a single row does not fit into memory.
    """
    left = [_Pass(work, shard) for shard in work.plan.left(work.store)]
    answered = len(left) < len(work.plan.shards)
    prompts = decoded(work.prompt, [batch for one in left for batch in one.batches])
    with closing(prompts), Writer() as writer:
        for one in left:
            one.began = time.perf_counter()
            replies: list[list[Reply]] = []
            first: BaseException | None = None
            for rows in one.batches:
                found, fault = _asked(one, next(prompts), sampling, [seeds(row) for row in rows])
                replies, first = replies + found, first or fault
            answered = answered or any(reply.finish != "error" for tries in replies for reply in tries)
            if not answered:
                # kept out of the store: it is the model's fault, and must be asked again once that is mended
                why = f": {type(first).__name__}: {first}" if first else ""
                raise PluginError("MB713", f"every reply failed{why}") from first
            writer.write(lambda one=one, replies=replies: one.write(replies))  # type: ignore[misc]
    if left:
        work.store.refresh()


def _asked(
    one: _Pass, batch: Sequence[Prompt], sampling: Sampling, seeds: Sequence[Sequence[int]]
) -> tuple[list[list[Reply]], BaseException | None]:
    drawn = np.array(seeds, dtype=np.uint64)
    parts = halving(
        lambda rows: call_generate(one.work.load(), batch[rows], sampling, drawn[rows]), slice(0, len(batch))
    )
    one.done(batch, [len(found) for found, _ in parts])
    replies = [tries for found, _ in parts for tries in found]
    return replies, next((fault for _, fault in parts if fault), None)
