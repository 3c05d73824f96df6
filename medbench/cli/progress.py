"""Progress of a run on standard error: a bar on a terminal, one line a stage elsewhere."""

from __future__ import annotations

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TaskID,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)

__all__ = ["StageProgress", "TerminalProgress"]


class TerminalProgress:
    """Implements ``medbench.runner.Progress``; a context manager that leaves the terminal clean."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._console = Console(stderr=True, highlight=False)
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
            console=self._console,
            disable=not self._live,
            transient=True,
        )
        self._task: TaskID | None = None

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()

    def stage(self, model: str, task: str, what: str, total: int) -> None:
        """A stage begins; the one before it is over."""
        self.line(f"{model} · {task} · {what}", total)

    def line(self, line: str, total: int) -> None:
        """A stage under a line of its own."""
        if self._task is not None:
            self._bar.remove_task(self._task)
        self._task = self._bar.add_task(line, total=total)
        if not self._live and total:
            print(f"{line} ({total})" if total > 1 else line, file=sys.stderr, flush=True)

    def step(self, n: int) -> None:
        """``n`` more steps are done."""
        if self._task is not None:
            self._bar.advance(self._task, n)

    def note(self, message: str) -> None:
        """A line above the bar."""
        self._console.print(message)


class StageProgress:
    """Stages of one command, as ``medbench.cohort.checks.survey.Watch`` wants them; a context manager."""

    def __init__(self, command: str) -> None:
        self._command = command
        self._terminal = TerminalProgress()

    def __enter__(self) -> Self:
        self._terminal.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._terminal.__exit__(kind, fault, trace)

    def stage(self, what: str, total: int) -> None:
        """A stage begins; the one before it is over."""
        self._terminal.line(f"{self._command} · {what}", total)

    def step(self, n: int) -> None:
        """``n`` more steps are done."""
        self._terminal.step(n)
