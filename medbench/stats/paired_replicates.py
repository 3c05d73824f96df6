"""Pair the replicates of two models, leaving out those where either is undefined."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from medbench.stats.interval import MAX_UNDEFINED

__all__ = ["PairedReplicates"]


@dataclass(frozen=True)
class PairedReplicates:
    """Replicates of two models made from the same draws.

    Attributes:
        a: float64 (m,), the replicates of the first model where both are defined.
        b: float64 (m,), the same of the second.
        undefined: number of replicates left out.

    >>> pair = PairedReplicates.of([0.5, 0.6, 0.7], [0.5, float("nan"), 0.6])
    >>> pair.a.tolist(), pair.undefined, pair.enough
    ([0.5, 0.7], 1, False)
    """

    a: NDArray[np.float64]
    b: NDArray[np.float64]
    undefined: int

    @classmethod
    def of(cls, replicates_a: ArrayLike, replicates_b: ArrayLike) -> PairedReplicates:
        """Pair (B,) with (B,).

        Raises:
            ValueError: shapes that differ, fewer than two replicates, or infinite values.
        """
        a, b = np.asarray(replicates_a, np.float64), np.asarray(replicates_b, np.float64)
        if a.ndim != 1 or a.shape != b.shape or a.size < 2:
            raise ValueError(f"replicates must be two arrays (B,) with B > 1, not {a.shape} and {b.shape}")
        if np.isinf(a).any() or np.isinf(b).any():
            raise ValueError("replicates must be finite, or NaN where undefined")
        both = ~(np.isnan(a) | np.isnan(b))
        return cls(a[both], b[both], int(a.size - both.sum()))

    @property
    def enough(self) -> bool:
        """Whether at most ``MAX_UNDEFINED`` were left out and two remain."""
        total = self.a.size + self.undefined
        return self.undefined <= MAX_UNDEFINED * total and self.a.size >= 2

    @property
    def differences(self) -> NDArray[np.float64]:
        """float64 (m,), a - b."""
        return self.a - self.b
