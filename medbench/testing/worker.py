"""The process in which a model is tested: ``python -m medbench.testing.worker checks|outputs FILE``.

The job stands on standard input (``other_process.job``). ``checks`` appends a line of JSON to the file when a
test begins and when it ends, so that whoever waits knows which test a process died in.
"""

from __future__ import annotations

import json
import logging
import os
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

from medbench.containment import stdout_away
from medbench.errors import DataError, UsageError
from medbench.lingering import end_in_time
from medbench.testing.catalogue import CHECKS
from medbench.testing.other_process import outputs, subject_of
from medbench.testing.running import closed_gate, run_check
from medbench.testing.subject import Subject

__all__ = ["main"]


def main(argv: list[str]) -> int:
    """Do the job; returns the exit code."""
    # rows fail on purpose here
    logging.disable(logging.WARNING)
    job = json.loads(sys.stdin.read())
    file = Path(argv[1])
    with stdout_away():
        subject = subject_of(job)
        if argv[0] == "outputs":
            file.write_text(json.dumps(outputs(subject)))
        else:
            _checks(subject, job, file)
    return 0


def _checks(subject: Subject, job: dict[str, Any], file: Path) -> None:
    for check in CHECKS:
        if check.id not in job["ids"]:
            continue
        _say(file, {"begin": check.id})
        try:
            result = run_check(check, subject, job["seconds"])
        except (UsageError, DataError) as fault:
            said = [fault.code, fault.message, fault.where, fault.hint]
            _say(file, {"fault": [type(fault).__name__, *said]})
            return
        _say(file, {"result": asdict(result)})
        if closed_gate({check.id: result}):
            return


def _say(file: Path, line: dict[str, Any]) -> None:
    with file.open("a", encoding="utf-8") as opened:
        opened.write(json.dumps(line) + "\n")
        opened.flush()
        os.fsync(opened.fileno())


if __name__ == "__main__":
    ended = main(sys.argv[1:])
    end_in_time(ended)
    sys.exit(ended)
