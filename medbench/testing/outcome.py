"""What a contract test finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

__all__ = ["CheckResult", "Failed", "Number", "Numbers", "Skipped", "Verdict"]

Verdict = Literal["passed", "failed", "skipped"]
Number = float | int | str
Numbers = Mapping[str, Number]


class Failed(Exception):  # noqa: N818 - a verdict, no fault of the caller
    """The model breaks the contract.

    Args:
        why: in one sentence.
        numbers: what was measured.
    """

    def __init__(self, why: str, **numbers: Number) -> None:
        super().__init__(why)
        self.why, self.numbers = why, numbers


class Skipped(Exception):  # noqa: N818
    """The test does not apply to this model; the argument says why."""


@dataclass(frozen=True)
class CheckResult:
    """One test's verdict.

    Attributes:
        id: the test's id, which is its anchor in ``docs/checks.md``.
        why: why it failed or was skipped; empty when it passed.
        numbers: what was measured, by name.
        seconds: how long it took.
    """

    id: str
    verdict: Verdict
    why: str = ""
    numbers: Numbers = field(default_factory=dict)
    seconds: float = 0.0
