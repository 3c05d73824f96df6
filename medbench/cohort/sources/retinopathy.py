"""The scale of diabetic retinopathy that EyePACS and APTOS share."""

from __future__ import annotations

from medbench.cohort.tables import number

__all__ = ["GRADES", "NO_GRADE", "grade_name"]

GRADES = ("none", "mild", "moderate", "severe", "proliferative")
NO_GRADE = "grade is not 0 to 4"


def grade_name(text: str) -> str | None:
    """Name of the grade written as 0 to 4; ``None`` for anything else."""
    value = number(text)
    return GRADES[int(value)] if value in {0, 1, 2, 3, 4} and value is not None else None
