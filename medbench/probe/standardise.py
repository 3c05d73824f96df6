"""Centre and scale by train statistics."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Standardiser", "fit_standardiser"]


@dataclass(frozen=True)
class Standardiser:
    """Mean and scale of each column, float64 (width,)."""

    mean: NDArray[np.float64]
    scale: NDArray[np.float64]

    def apply(self, X: NDArray[np.floating]) -> NDArray[np.float64]:
        """Standardised float64 (n, width)."""
        return (np.asarray(X, dtype=np.float64) - self.mean) / self.scale


def fit_standardiser(X: NDArray[np.floating], active: bool = True) -> Standardiser:
    """Statistics of ``X``; a constant column keeps scale 1; ``active=False`` leaves everything as it is."""
    values = np.asarray(X, dtype=np.float64)
    width = values.shape[1]
    if not active:
        return Standardiser(np.zeros(width), np.ones(width))
    spread = values.std(axis=0)
    # rounding leaves a tiny spread in a constant column, which must not be blown up to 1
    constant = spread <= 1e-12 * np.maximum(1.0, np.abs(values).max(axis=0))
    return Standardiser(values.mean(axis=0), np.where(constant, 1.0, spread))
