"""The loop: batches of prompts through a model, shard by shard; decoding runs ahead of the model."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from medbench.errors import PluginError, RunError
from medbench.inference.plan import Plan
from medbench.inference.store import REPLIES, Store
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
    """

    store: Store
    plan: Plan
    prompt: Callable[[str], Prompt]
    step: Callable[[int], None]
    load: Callable[[], Model]


def compute_activations(work: Work, taps: Sequence[Tap]) -> None:
    """Compute and write every shard that the store lacks.

    Raises:
        PluginError: the model gives other shapes or values than the contract says.
    """
    names = [tap.name for tap in taps]
    left = work.plan.left(work.store, names)
    for shard in left:
        parts: list[dict[str, NDArray[np.float32]]] = []
        for batch in _batches(work, shard.rows):
            with _memory(len(batch)):
                given = work.load().activations(batch, taps)
            parts.append(_check_activations(given, taps, len(batch)))
            work.step(len(batch))
        payload = {name: np.concatenate([part[name] for part in parts]) for name in names}
        work.store.write(shard.name, shard.rows, payload, {"batch_size": work.plan.batch_size})
    work.store.refresh()


def compute_replies(work: Work, sampling: Sampling, seeds: Callable[[str], list[int]]) -> None:
    """Generate and write every shard of replies that the store lacks.

    Args:
        seeds: the seeds of a row's tries; their number is the number of tries.
    """
    for shard in work.plan.left(work.store, [REPLIES]):
        replies: list[list[Reply]] = []
        rows = iter(shard.rows)
        for batch in _batches(work, shard.rows):
            batch_seeds = np.array([seeds(next(rows)) for _ in batch], dtype=np.uint64)
            with _memory(len(batch)):
                found = work.load().generate(batch, sampling, batch_seeds)
            if [len(tries) for tries in found] != [batch_seeds.shape[1]] * len(batch):
                raise PluginError("MB711", f"generate gave {len(found)} rows for {batch_seeds.shape} seeds")
            replies += found
            work.step(len(batch))
        work.store.write(shard.name, shard.rows, replies, {"batch_size": work.plan.batch_size})
    work.store.refresh()


@contextmanager
def _memory(rows: int) -> Iterator[None]:
    """Says what to do when a batch does not fit."""
    try:
        yield
    except MemoryError as fault:
        hint = f"--batch-size {rows // 2}" if rows > 1 else "a smaller dtype, or more devices"
        raise RunError("MB803", f"a batch of {rows} rows does not fit into memory", hint=hint) from fault


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


def _check_activations(
    given: Mapping[Tap, NDArray[np.floating]], taps: Sequence[Tap], n: int
) -> dict[str, NDArray[np.float32]]:
    checked: dict[str, NDArray[np.float32]] = {}
    for tap in taps:
        if tap not in given:
            raise PluginError("MB710", f"activations lack the tap {tap.name}")
        values = np.asarray(given[tap])
        if values.ndim != 2 or values.shape[0] != n or not np.issubdtype(values.dtype, np.floating):
            raise PluginError(
                "MB710",
                f"activations at {tap.name} are {values.dtype} {values.shape}, expected float ({n}, width)",
            )
        checked[tap.name] = values.astype(np.float32)
    return checked
