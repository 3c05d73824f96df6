"""Kellgren-Lawrence grades as OAI and MOST write them: only an exact 0 to 4 is a grade."""

from __future__ import annotations

__all__ = ["GRADES", "SIDES", "grade_name"]

GRADES = ("no", "doubtful", "mild", "moderate", "severe")
SIDES = {"l": "left", "r": "right"}


def grade_name(text: str) -> str | None:
    """Name of a grade written ``2``, ``2.0`` or ``2: Minimal``; ``None`` for every other code.

    Codes such as 8, 9, 1.9 (MOST) and ``.: Missing Form`` (OAI) are states without a grade.
    """
    code = text.partition(":")[0].strip().removesuffix(".0")
    return GRADES[int(code)] if code in {"0", "1", "2", "3", "4"} else None
