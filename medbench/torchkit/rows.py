"""A batch in which one row fails: the others still get their replies."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

__all__ = ["row_by_row"]

Row = TypeVar("Row")

log = logging.getLogger(__name__)


def row_by_row(batch: Callable[[Sequence[int]], list[Row]], rows: int, failed: Row) -> list[Row]:
    """Run all rows together; if that raises, each alone, with ``failed`` for those that raise again.

    Running out of memory is no row's fault: ``MemoryError`` passes through, and the harness halves the batch.
    What is wrong with every row alike is for the caller to refuse before.

    Args:
        batch: gets row numbers, gives one result a row.
        rows: how many rows there are.
        failed: the result of a row that fails alone.
    """
    everything = range(rows)
    try:
        return batch(everything)
    except MemoryError:
        raise
    except Exception as fault:
        log.warning("a batch of %d rows raised %s; each row is run alone", rows, type(fault).__name__)
        return [_alone(batch, row, failed) for row in everything]


def _alone(batch: Callable[[Sequence[int]], list[Row]], row: int, failed: Row) -> Row:
    try:
        return batch([row])[0]
    except MemoryError:
        raise
    except Exception as fault:
        # The message may quote the prompt, which belongs to a patient: the kind of fault alone is logged.
        log.warning("row %d of the batch failed alone: %s", row, type(fault).__name__)
        log.debug("row %d", row, exc_info=fault)
        return failed
