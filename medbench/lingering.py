"""Ending the process where a thread of a plugin would keep it waiting for ever."""

from __future__ import annotations

import contextlib
import os
import sys
import threading
import time

__all__ = ["end_in_time"]

SECONDS = 5.0
"""How long what a plugin has started may take to end by itself."""


def end_in_time(code: int, seconds: float = SECONDS) -> None:
    """See to it that the process ends with ``code``, though Python waits for every thread that is no daemon.

    Called when nothing is left to do. Without such a thread nothing happens.
    """
    names = [thread.name for thread in _waited_for()]
    if names:
        threading.Thread(target=_end, args=(code, names, seconds), daemon=True).start()


def _waited_for() -> list[threading.Thread]:
    main = threading.main_thread()
    return [thread for thread in threading.enumerate() if not thread.daemon and thread is not main]


def _end(code: int, names: list[str], seconds: float) -> None:
    # a daemon: where the others end in time, so does this
    time.sleep(seconds)
    with contextlib.suppress(Exception):
        said = f"a plugin's thread goes on after the work is done, and is ended: {', '.join(names)}"
        print(f"medbench: {said}", file=sys.stderr, flush=True)
        sys.stdout.flush()
    os._exit(code)
