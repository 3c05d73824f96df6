"""A batch that does not fit into memory is halved, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from medbench.errors import RunError

__all__ = ["halving"]

Found = TypeVar("Found")


def halving(call: Callable[[slice], Found], rows: slice) -> list[Found]:
    """What ``call`` gives for ``rows``: in one piece, or in as few halves of halves as fit.

    Raises:
        RunError: MB803, a single row does not fit.
    """
    try:
        return [call(rows)]
    except RunError as fault:
        if fault.code != "MB803" or rows.stop - rows.start == 1:
            raise
    # out of the handler, so that what the failed batch held is freed
    middle = (rows.start + rows.stop) // 2
    return [*halving(call, slice(rows.start, middle)), *halving(call, slice(middle, rows.stop))]
