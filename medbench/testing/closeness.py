"""How far apart two arrays or two lists of replies are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from medbench.models import Reply

__all__ = ["distance", "same_share", "widest"]

Array = NDArray[np.floating]


def distance(found: Array, expected: Array) -> float:
    """Largest absolute difference over the root mean square of ``expected``; shapes must be equal."""
    a, b = np.asarray(found, np.float64), np.asarray(expected, np.float64)
    if not b.size:
        return 0.0
    scale = max(float(np.sqrt(np.mean(b * b))), 1e-12)
    return float(np.max(np.abs(a - b)) / scale)


def widest(found: Mapping[str, Array], expected: Mapping[str, Array]) -> float:
    """The largest distance over the taps."""
    return max(distance(found[tap], expected[tap]) for tap in expected)


def same_share(found: Sequence[Sequence[Reply]], expected: Sequence[Sequence[Reply]]) -> float:
    """Share of replies with the same text and number of tokens."""
    pairs = [
        (a.text, a.n_tokens) == (b.text, b.n_tokens)
        for one, other in zip(found, expected, strict=True)
        for a, b in zip(one, other, strict=True)
    ]
    return float(np.mean(pairs)) if pairs else 1.0
