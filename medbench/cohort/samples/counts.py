"""How many samples a scale gives, and ids that no provider uses."""

from __future__ import annotations

import numpy as np

__all__ = ["digits", "letters", "scaled"]


def scaled(count: int, scale: float) -> int:
    """``count`` times ``scale``, rounded, at least 2."""
    return max(2, round(count * scale))


def letters(rng: np.random.Generator, length: int) -> str:
    """Capital letters, drawn at random."""
    return "".join(chr(65 + int(code)) for code in rng.integers(0, 26, length))


def digits(rng: np.random.Generator, length: int) -> str:
    """Decimal digits, drawn at random."""
    return "".join(str(int(digit)) for digit in rng.integers(0, 10, length))
