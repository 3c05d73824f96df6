"""What people see on standard output: tables, readable without colour and in a pipe, and JSON."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

__all__ = ["console", "number", "print_json", "print_records", "print_table", "score"]

PIPE_WIDTH = 220
MAX_NAME, MIN_ROOM = 56, 30


def console() -> Console:
    """Standard output; in a pipe wide enough that nothing is cut."""
    from rich.console import Console

    return Console(width=None if sys.stdout.isatty() else PIPE_WIDTH, highlight=False)


def print_table(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """One table; columns whose name starts with ``>`` are right-aligned."""
    from rich import box
    from rich.table import Table

    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD)
    for column in columns:
        table.add_column(
            column.removeprefix(">"), justify="right" if column.startswith(">") else "left", overflow="fold"
        )
    for row in rows:
        table.add_row(*(cell.replace("[", r"\[") for cell in row))
    console().print(table)


def print_records(title: str, rows: Sequence[Sequence[str]]) -> None:
    """Lines of two or three cells under a title, the first cells aligned.

    On a terminal the last cell breaks between words; in a pipe a record is one line.
    """
    if not rows:
        return
    if title:
        print(f"\n{title}")
    widths = [min(MAX_NAME, max(len(row[i]) for row in rows)) for i in range(len(rows[0]) - 1)]
    room = shutil.get_terminal_size().columns - sum(widths) - 2 * len(widths)
    for row in rows:
        head = "  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths, strict=False))
        indent = " " * (sum(widths) + 2 * len(widths))
        wrap = sys.stdout.isatty() and room > MIN_ROOM
        lines = textwrap.wrap(row[-1], room, break_on_hyphens=False) if wrap else [row[-1]]
        print(f"\n{indent}".join([f"{head}  {lines[0] if lines else ''}", *lines[1:]]).rstrip())


def print_json(value: Any) -> None:
    """JSON on standard output and nothing else."""
    print(json.dumps(value, indent=2, ensure_ascii=False, allow_nan=False))


def number(value: float | None, digits: int = 3) -> str:
    """A figure, or a dash where there is none."""
    return "–" if value is None else f"{value:.{digits}f}"


def score(value: float | None, ci: Sequence[float] | None) -> str:
    """``0.870 [0.847, 0.891]``."""
    interval = f" [{ci[0]:.3f}, {ci[1]:.3f}]" if ci else ""
    return f"{number(value)}{interval}"
