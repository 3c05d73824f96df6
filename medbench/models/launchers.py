"""What a plugin says about a launcher of its own."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from medbench.models.card import resolve

__all__ = ["LauncherCard"]


@dataclass(frozen=True)
class LauncherCard:
    """An engine that starts workers.

    Attributes:
        name: as ``--launch`` has it.
        opener: ``"module:callable"``, called with a ``medbench.launchers.Launch``. It runs the launch's line
            once a worker and returns nothing: what was computed is found on disk.
        requires: modules without which it cannot run.
        extra: what installs them.
        own_devices: the engine hands out the devices itself; else the driver does, from those it sees.
        summary: one line.
    """

    name: str
    opener: str
    requires: tuple[str, ...] = ()
    extra: str = ""
    own_devices: bool = False
    summary: str = ""

    def missing_modules(self) -> list[str]:
        """Those of ``requires`` that are not installed; nothing is imported."""
        return [name for name in self.requires if importlib.util.find_spec(name) is None]

    def open(self) -> Callable[..., Any]:
        """Import the function.

        Raises:
            PluginError: it cannot be imported (MB701).
        """
        return resolve(self.opener, self.name)
