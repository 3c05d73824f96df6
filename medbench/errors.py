"""Errors for people: what is wrong, where, and what to do next; and the exit codes that follow from them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from enum import IntEnum

__all__ = [
    "DataError",
    "ExitCode",
    "PluginError",
    "RunError",
    "SpecError",
    "UsageError",
    "UserError",
    "describe_os_error",
    "did_you_mean",
]


class ExitCode(IntEnum):
    """Exit codes of every command (``docs/commands.md``)."""

    OK = 0
    FAILED = 1
    USAGE = 2
    DATA = 3
    PLUGIN = 4
    INTERRUPTED = 130


class UserError(Exception):
    """A mistake or a lack on the user's side, shown without a traceback.

    Args:
        code: stable identifier such as ``MB601``; ``docs/errors.md`` has a paragraph for each.
        message: what is wrong, in one sentence.
        where: file, line, option or name it concerns; empty when there is none.
        hint: what to do next; empty when there is nothing to say.
    """

    exit_code = ExitCode.FAILED

    def __init__(self, code: str, message: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.where, self.hint = code, message, where, hint

    def __str__(self) -> str:
        place = f"{self.where}: " if self.where else ""
        hint = f"\n  {self.hint}" if self.hint else ""
        return f"{place}{self.code} {self.message}{hint}"


class UsageError(UserError):
    """A command line, a name or an argument that medbench does not know (``MB0xx``)."""

    exit_code = ExitCode.USAGE


class SpecError(UserError):
    """An invalid spec, suite, source card or record (``MB1xx`` to ``MB4xx``).

    Attributes:
        details: each fault on its own, as the spec room describes it; empty where there is one and it is
            this error.
    """

    exit_code = ExitCode.USAGE

    def __init__(
        self, code: str, message: str, where: str = "", hint: str = "", details: Sequence[object] = ()
    ) -> None:
        super().__init__(code, message, where, hint)
        self.details = tuple(details)


class DataError(UserError):
    """Data or weights that are missing, altered or refused (``MB6xx``)."""

    exit_code = ExitCode.DATA


class PluginError(UserError):
    """A plugin that does not load or breaks the model contract (``MB7xx``)."""

    exit_code = ExitCode.PLUGIN


class RunError(UserError):
    """A task that was started and failed (``MB8xx``)."""

    exit_code = ExitCode.FAILED


def describe_os_error(fault: OSError) -> UsageError:
    """The user's own words for a file that cannot be read or written (``MB023``)."""
    return UsageError("MB023", fault.strerror or type(fault).__name__, where=str(fault.filename or ""))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint that names the nearest known word, or all of them when none is near.

    >>> did_you_mean("idefics-8b", ["idefics-80b", "plip"])
    "did you mean 'idefics-80b'?"
    """
    names = sorted(set(known))
    lowered = {name.lower(): name for name in names}
    near = difflib.get_close_matches(word.lower(), lowered, n=1, cutoff=0.6)
    if near:
        return f"did you mean {lowered[near[0]]!r}?"
    return "known: " + ", ".join(names) if names else "none is known"
