"""Running a plugin's code so that it can neither hang, nor print, nor leave a second process behind.

What it prints would corrupt ``--json``; so standard output is kept away at the file descriptor, where C
libraries and child processes write as well.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from types import FrameType

__all__ = ["Contained", "TookTooLong", "contained", "stdout_away"]

STDOUT = 1
AGAIN = 1.0
"""Seconds between two alarms: code that swallows the first one gets another."""


class TookTooLong(BaseException):
    """The alarm went off. No ``Exception``, so that ``except Exception`` does not swallow it."""


@dataclass
class Contained:
    """What was seen while code was contained.

    Attributes:
        forked: it made a copy of the process (``os.fork``); a child with a program of its own is none.
        printed: bytes that it wrote to standard output.
    """

    forked: bool = False
    printed: bytes = field(default=b"", repr=False)


_seen: list[Contained] = []
_registered: list[bool] = []


@contextlib.contextmanager
def contained(seconds: float) -> Iterator[Contained]:
    """Contain a block of code.

    A copy of the process that the block made and that comes back from it ends here, silently.

    Args:
        seconds: after which ``TookTooLong`` is raised inside the block; 0 is never. Only in the main thread,
            and not while the block runs C code that does not return.

    Raises:
        TookTooLong: the time is over.
    """
    seen, own = Contained(), os.getpid()
    _watch_forks()
    _seen.append(seen)
    try:
        with _alarm(seconds), _captured(seen):
            yield seen
    finally:
        if os.getpid() != own:
            os._exit(1)
        _seen.remove(seen)


@contextlib.contextmanager
def stdout_away() -> Iterator[None]:
    """Standard output goes to standard error, for Python, C libraries and child processes alike."""
    with contextlib.redirect_stdout(sys.stderr), _descriptor_to(sys.__stderr__):
        yield


def _watch_forks() -> None:
    if not _registered and hasattr(os, "register_at_fork"):
        os.register_at_fork(before=_note_fork)
        _registered.append(True)


def _note_fork() -> None:
    for seen in _seen:
        seen.forked = True


@contextlib.contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    main = threading.current_thread() is threading.main_thread()
    if not seconds or not main or not hasattr(signal, "setitimer"):
        yield
        return

    def ring(_number: int, _frame: FrameType | None) -> None:
        raise TookTooLong(f"took longer than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, ring)
    left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, AGAIN)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
        if left:
            signal.setitimer(signal.ITIMER_REAL, left, interval)


@contextlib.contextmanager
def _captured(seen: Contained) -> Iterator[None]:
    with tempfile.TemporaryFile() as file:
        text = os.fdopen(os.dup(file.fileno()), "w", encoding="utf-8", errors="replace")
        with text, contextlib.redirect_stdout(text), _descriptor_to(file):
            try:
                yield
            finally:
                text.flush()
        file.seek(0)
        seen.printed = file.read()


@contextlib.contextmanager
def _descriptor_to(target: object) -> Iterator[None]:
    """Descriptor 1 leads to ``target`` for a while; nothing happens where either has no descriptor."""
    number, kept = _number(target), None
    with contextlib.suppress(OSError):
        kept = os.dup(STDOUT)
    if number is None or kept is None:
        yield
        return
    _flush()
    os.dup2(number, STDOUT)
    try:
        yield
    finally:
        _flush()
        os.dup2(kept, STDOUT)
        os.close(kept)


def _number(target: object) -> int | None:
    try:
        found = target.fileno()  # type: ignore[attr-defined]
    except (AttributeError, OSError, ValueError):
        return None
    return found if isinstance(found, int) else None


def _flush() -> None:
    with contextlib.suppress(Exception):
        if sys.__stdout__ is not None:
            sys.__stdout__.flush()
    # what a C library printed waits in its own buffer, and would come out when the process ends
    with contextlib.suppress(Exception):
        import ctypes

        ctypes.CDLL(None).fflush(None)
