"""The subgroup of each row, as text."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from medbench.cohort import CohortRow

__all__ = ["UNKNOWN", "subgroup_values"]

UNKNOWN = "unknown"


def subgroup_values(rows: Sequence[CohortRow], column: str) -> NDArray[np.str_]:
    """Text (n,); ``source`` is the row's source, and a value that is not there is ``unknown``."""
    return np.array([_value(row, column) for row in rows])


def _value(row: CohortRow, column: str) -> str:
    value = row.source if column == "source" else row.columns.get(column)
    return UNKNOWN if value is None else str(value)
