"""Contract tests for plugins: ``parametrize_with_checks`` for pytest, and what ``medbench check`` runs."""

from medbench.testing.catalogue import CHECKS, Check, chosen
from medbench.testing.isolation import run_checks
from medbench.testing.outcome import CheckResult
from medbench.testing.parametrize import parametrize_with_checks
from medbench.testing.running import run_check
from medbench.testing.subject import Subject

__all__ = [
    "CHECKS",
    "Check",
    "CheckResult",
    "Subject",
    "chosen",
    "parametrize_with_checks",
    "run_check",
    "run_checks",
]
