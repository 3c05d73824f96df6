"""Prompts of batch after batch, decoded while the model works on the one before."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from concurrent.futures import ThreadPoolExecutor

from medbench.models import Prompt

__all__ = ["decoded"]

MOST_THREADS = 16
"""Pillow decodes and scales without the interpreter's lock, so threads are enough; see perf/extraction.py."""


def decoded(prompt: Callable[[str], Prompt], batches: Sequence[Sequence[str]]) -> Generator[list[Prompt]]:
    """The batches' prompts in order; of images, no more than two batches are in memory.

    Raises:
        DataError: an image cannot be decoded.
    """
    pool = ThreadPoolExecutor(min(MOST_THREADS, _cores()), "decode")
    try:
        ahead = [pool.submit(prompt, row) for row in batches[0]] if batches else []
        for number in range(len(batches)):
            current = ahead
            following = batches[number + 1] if number + 1 < len(batches) else ()
            ahead = [pool.submit(prompt, row) for row in following]
            yield [future.result() for future in current]
    finally:
        # an interruption does not wait for images that nobody wants any more
        pool.shutdown(wait=True, cancel_futures=True)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
