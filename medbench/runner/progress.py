"""How a run tells what it is doing; the command line draws it, the Python API stays silent."""

from __future__ import annotations

from typing import Protocol

__all__ = ["Progress", "Silent"]


class Progress(Protocol):
    """Receives stages in order; a stage ends where the next one begins."""

    def stage(self, model: str, task: str, what: str, total: int) -> None:
        """A stage of ``total`` steps begins."""

    def step(self, n: int) -> None:
        """``n`` more steps are done."""

    def note(self, message: str) -> None:
        """Something worth a line."""


class Silent:
    """Shows nothing."""

    def stage(self, model: str, task: str, what: str, total: int) -> None:
        """Ignored."""

    def step(self, n: int) -> None:
        """Ignored."""

    def note(self, message: str) -> None:
        """Ignored."""
