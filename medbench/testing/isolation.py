"""Contract tests in a process of their own, which a model may end, hang or fork without harm."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

from medbench import errors
from medbench.testing.catalogue import Check
from medbench.testing.other_process import job
from medbench.testing.outcome import CheckResult
from medbench.testing.running import SECONDS, closed_gate, skipped
from medbench.testing.subject import Subject

__all__ = ["run_checks"]

DEATHS = 3
"""Processes that may end before the rest is given up."""

GRACE = 30.0
"""Seconds after a test's own alarm until its process is ended from outside."""

STDERR = "stderr.txt"
PATH = re.compile(r"\S*[/\\]\S*")

Step = Callable[[CheckResult], None]


def run_checks(
    subject: Subject, checks: Sequence[Check], seconds: float = SECONDS, step: Step = lambda _: None
) -> list[CheckResult]:
    """Run tests in order; a process that ends in one of them fails that one, and another goes on.

    Args:
        seconds: how long each may take.
        step: told each result as it comes.

    Raises:
        DataError: the weights are not on this machine.
        UsageError: an option of the model, or a device, is wrong.
    """
    results: dict[str, CheckResult] = {}

    def add(result: CheckResult) -> None:
        results[result.id] = result
        step(result)

    deaths = 0
    while left := [check for check in checks if check.id not in results]:
        stop = closed_gate(results) or ("too many tests" if deaths >= DEATHS else "")
        if stop:
            for check in left:
                add(skipped(check, stop))
            break
        died = _worker(subject, left, seconds, add)
        if died is not None:
            deaths += 1
            add(died)
    return [results[check.id] for check in checks]


def _worker(subject: Subject, left: Sequence[Check], seconds: float, add: Step) -> CheckResult | None:
    """One process; gives the result of the test that it ended in, if it did."""
    said = {**job(subject), "ids": [check.id for check in left], "seconds": seconds}
    begun, since = left[0].id, [time.monotonic()]
    with tempfile.TemporaryDirectory() as place, _process(Path(place), said) as (process, file):
        for line in _lines(process, file, lambda: time.monotonic() - since[0] > seconds + GRACE):
            since[0] = time.monotonic()
            if "fault" in line:
                kind, *words = line["fault"]
                raise getattr(errors, kind)(*words)
            begun = line.get("begin", "")
            if "result" in line:
                add(CheckResult(**line["result"]))
        code = process.poll()
        said_last = _last_line(Path(place, STDERR))
    if code == 0 and not begun:
        return None
    took = round(time.monotonic() - since[0], 3)
    return CheckResult(begun or left[-1].id, "failed", _ending(code, seconds) + said_last, {}, took)


def _ending(code: int | None, seconds: float) -> str:
    if code is None:
        return f"took longer than {seconds:g} s and could not be stopped from inside; its process was ended"
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    return f"it ended the process ({how})"


def _last_line(file: Path) -> str:
    """What the process said last, for whoever looks for the reason; paths may name patients."""
    text = file.read_text(encoding="utf-8", errors="replace")
    sys.stderr.write(text)
    lines = [line for line in text.splitlines() if line.strip()]
    return f": {PATH.sub('…', lines[-1].strip())[:200]}" if lines else ""


@contextlib.contextmanager
def _process(place: Path, said: dict[str, Any]) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """A worker in a session of its own, so that it ends with all the processes that it started."""
    file = place / "results.jsonl"
    file.touch()
    with (place / STDERR).open("wb") as stderr:
        process = subprocess.Popen(
            # -P: a json.py in the current folder is not Python's
            [sys.executable, "-P", "-m", "medbench.testing.worker", "checks", str(file)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=stderr,
            text=True,
            start_new_session=True,
        )
    try:
        assert process.stdin is not None
        with contextlib.suppress(BrokenPipeError):
            process.stdin.write(json.dumps(said))
            process.stdin.close()
        yield process, file
    finally:
        _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def _lines(process: subprocess.Popen[str], file: Path, late: Callable[[], bool]) -> Iterator[dict[str, Any]]:
    """What the worker says, until it ends or is late."""
    with file.open(encoding="utf-8") as opened:
        rest = ""
        while True:
            ended = process.poll() is not None
            rest += opened.read()
            *whole, rest = rest.split("\n")
            for line in whole:
                yield json.loads(line)
            if ended or late():
                return
            time.sleep(0.02)
