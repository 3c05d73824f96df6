"""How many samples a scale gives, and ids that no provider uses."""

from __future__ import annotations

import numpy as np

__all__ = ["PLANTED_EXCLUSIONS", "digits", "letters", "scaled"]

PLANTED_EXCLUSIONS: dict[str, dict[str, int]] = {
    "airogs": {"ungradable": 2},
    "eyepacs-2015": {"a subject whose right image is unreadable": 2},
    "most": {"no Kellgren-Lawrence grade 0 to 4": 444},
    "oai": {"no Kellgren-Lawrence grade 0 to 4": 13},
    "padchest": {
        "automatic labels of a patient with physician's labels": 12,
        "no labels": 3,
        "not a frontal projection": 22,
        "truncated image file": 1,
    },
    "pannuke": {"neither benign nor malignant by the rule": 21, "no nucleus": 5},
}
"""Rows at scale 1 that a reader leaves out for what they say; sources not named have none."""


def scaled(count: int, scale: float) -> int:
    """``count`` times ``scale``, rounded, at least 2."""
    return max(2, round(count * scale))


def letters(rng: np.random.Generator, length: int) -> str:
    """Capital letters, drawn at random."""
    return "".join(chr(65 + int(code)) for code in rng.integers(0, 26, length))


def digits(rng: np.random.Generator, length: int) -> str:
    """Decimal digits, drawn at random."""
    return "".join(str(int(digit)) for digit in rng.integers(0, 10, length))
