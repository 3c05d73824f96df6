"""medbench: is this frozen vision-language model a better medical image interpreter than that one?

The names below are stable; they are imported when first used, so that ``import medbench`` stays light.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from medbench.api import load_task, run
    from medbench.board import build_board, compare

__all__ = ["__version__", "build_board", "compare", "load_task", "run"]

__version__ = "0.1.0"

_HOMES = {
    "build_board": "medbench.board",
    "compare": "medbench.board",
    "load_task": "medbench.api",
    "run": "medbench.api",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'medbench' has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
