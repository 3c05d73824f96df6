"""Train rows and test rows as two types, so that nothing that selects can be handed a test row."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["TestRows", "TrainRows"]


@dataclass(frozen=True)
class TrainRows:
    """Rows to fit and to select on.

    Attributes:
        X: activations float (n, width).
        Y: class indices int (n,), or 0 and 1 int (n, labels) for a multilabel task.
        groups: running group numbers int (n,); no fold cuts a group.
        n_classes: number of classes or labels.
    """

    X: NDArray[np.floating]
    Y: NDArray[np.integer]
    groups: NDArray[np.integer]
    n_classes: int

    def take(self, index: NDArray[np.integer]) -> TrainRows:
        """Some of the rows."""
        return TrainRows(self.X[index], self.Y[index], self.groups[index], self.n_classes)


@dataclass(frozen=True)
class TestRows:
    """Rows to score once: activations float (n, width), without labels."""

    __test__ = False  # pytest must not take it for a test class

    X: NDArray[np.floating]
