"""Writing shards while the next one is computed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

__all__ = ["Writer"]


class Writer:
    """One thread that writes one shard at a time; a second one waits, so that memory stays bounded.

    A shard that was handed over is written even when what follows fails.
    """

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, "shard-writer")
        self._last: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._settle()
        finally:
            self._pool.shutdown(wait=True)

    def write(self, write: Callable[[], None]) -> None:
        """Hand over a shard.

        Raises:
            OSError: the one before could not be written.
        """
        self._settle()
        self._last = self._pool.submit(write)

    def _settle(self) -> None:
        if self._last is not None:
            last, self._last = self._last, None
            last.result()
