"""Running one piece of a plugin: whatever it does becomes its fault, and stays with it."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from functools import cached_property
from pathlib import Path

from medbench.containment import TookTooLong, contained
from medbench.errors import UserError
from medbench.hooks.crash_marker import CrashMarker
from medbench.hooks.plugin_info import HookCall, PluginInfo

__all__ = ["OWN_PACKAGE", "SECONDS", "Guard"]

SECONDS = 20.0
"""How long a plugin may take to import, and for each hook."""

OWN_PACKAGE = "medbench"
"""Its plugins are not marked: they are tested here, and a start that is killed must not leave them out."""

Report = Callable[[PluginInfo], None]


class Guard:
    """Contains, times and traces.

    Args:
        cache: gives the folder of the crash marker, when there is something to mark; ``None`` marks nothing.
        report: told of a plugin when it gets a fault.
        seconds: how long each piece may take.
    """

    def __init__(
        self,
        cache: Callable[[], Path] | None = None,
        report: Report | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._cache, self._report, self._seconds = cache, report, seconds
        self.calls: list[HookCall] = []

    @cached_property
    def _marker(self) -> CrashMarker | None:
        return CrashMarker(self._cache()) if self._cache else None

    def died(self, info: PluginInfo) -> str:
        """What of this plugin ran when an earlier process ended; empty when nothing did. Told once."""
        if info.package == OWN_PACKAGE or self._marker is None:
            return ""
        return self._marker.left_behind(info.name, info.package)

    @contextlib.contextmanager
    def running(self, info: PluginInfo, doing: str) -> Iterator[None]:
        """Nothing leaves the block but Ctrl-C; what goes wrong is the plugin's fault."""
        begin = time.perf_counter()
        try:
            with self._marked(info, doing), contained(self._seconds) as seen:
                yield
            if seen.forked:
                self.blame(info, f"MB709 {doing} forked the process; the copy was ended")
        except KeyboardInterrupt:
            raise
        except TookTooLong as fault:
            self.blame(info, f"MB708 {doing} {fault}")
        except UserError as fault:
            self.blame(info, f"{fault.code} {fault.message}" + (f"; {fault.hint}" if fault.hint else ""))
        except BaseException as fault:
            self.blame(info, f"MB707 {doing} raised {type(fault).__name__}: {fault}")
        self.calls.append(HookCall(doing, info, time.perf_counter() - begin, info.fault))

    def blame(self, info: PluginInfo, fault: str) -> None:
        """Give a plugin its fault, once."""
        if not info.fault:
            info.fault = fault
            if self._report:
                self._report(info)

    @contextlib.contextmanager
    def _marked(self, info: PluginInfo, doing: str) -> Iterator[None]:
        if info.package == OWN_PACKAGE or self._marker is None:
            yield
            return
        with self._marker.marking(info.name, info.package, doing):
            yield
