"""A worker's part of the planned shards."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

from medbench.errors import UsageError

__all__ = ["Share"]

T = TypeVar("T")


@dataclass(frozen=True)
class Share:
    """Part ``index`` (from 0) of ``count``."""

    index: int
    count: int

    @classmethod
    def parse(cls, text: str, where: str = "--shard-of") -> Share:
        """Read ``i/n``.

        Raises:
            UsageError: it is not ``i/n`` with i from 0 to n - 1 (MB090).

        >>> Share.parse("1/4")
        Share(index=1, count=4)
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found or int(found[1]) >= int(found[2]):
            hint = "i/n with i from 0 to n - 1, as in 0/4"
            raise UsageError("MB090", f"{text!r} is no part of a whole", where, hint)
        return cls(int(found[1]), int(found[2]))

    def of(self, things: Sequence[T]) -> tuple[T, ...]:
        """Every ``count``-th of them, from ``index`` on: parts are disjoint and together the whole.

        >>> Share(1, 3).of("abcdefg")
        ('b', 'e')
        """
        return tuple(things[self.index :: self.count])

    def __str__(self) -> str:
        return f"{self.index}/{self.count}"
