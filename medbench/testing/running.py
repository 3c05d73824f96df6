"""Running contract tests: whatever the model does becomes a verdict."""

from __future__ import annotations

import time
from collections.abc import Mapping

from medbench.containment import TookTooLong, contained
from medbench.errors import DataError, UsageError, UserError
from medbench.testing.catalogue import GATES, Check
from medbench.testing.outcome import CheckResult, Failed, Number, Skipped
from medbench.testing.subject import Subject

__all__ = ["SECONDS", "closed_gate", "run_check", "skipped"]

SECONDS = 600.0
"""How long one test may take; weights of a large model are read in this time."""

USERS = {"opens": (DataError, UsageError), "loads": (UsageError,)}
"""What is the user's lack or slip, and no verdict on the model, by the test that meets it."""


def run_check(check: Check, subject: Subject, seconds: float = SECONDS) -> CheckResult:
    """One test on one model.

    Raises:
        DataError: the weights are not on this machine (of ``opens`` alone).
        UsageError: an option of the model, or a device, is wrong (of ``opens`` and ``loads``).
        KeyboardInterrupt: the user's right.
    """
    begin = time.perf_counter()

    def result(verdict: str, why: str = "", numbers: Mapping[str, Number] | None = None) -> CheckResult:
        took = round(time.perf_counter() - begin, 3)
        return CheckResult(check.id, verdict, why, dict(numbers or {}), took)  # type: ignore[arg-type]

    lacking = [name for name in check.needs if name not in subject.card.capabilities]
    if lacking:
        return result("skipped", f"the card does not offer {', '.join(lacking)}")
    try:
        with contained(seconds) as seen:
            numbers = check.run(subject)
        subject.printed += seen.printed
        subject.forked = subject.forked or seen.forked
        return result("passed", "", numbers)
    except KeyboardInterrupt:
        raise
    except Skipped as found:
        return result("skipped", str(found))
    except Failed as found:
        return result("failed", found.why, found.numbers)
    except TookTooLong as found:
        return result("failed", str(found))
    except UserError as found:
        if isinstance(found, USERS.get(check.id, ())):
            raise
        return result("failed", f"{found.code} {found.message}")
    except BaseException as found:
        return result("failed", f"raised {type(found).__name__}: {found}")


def skipped(check: Check, gate: str) -> CheckResult:
    """The result of a test behind a gate that is closed."""
    return CheckResult(check.id, "skipped", f"{gate} failed")


def closed_gate(results: Mapping[str, CheckResult]) -> str:
    """The first gate that failed; empty where all are open."""
    return next((name for name in GATES if name in results and results[name].verdict == "failed"), "")
