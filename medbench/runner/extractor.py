"""A plugin's extractor, whose faults are told as the plugin's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeGuard

from medbench.choice import Verdict
from medbench.errors import PluginError
from medbench.models import ExtractorCard

__all__ = ["Extractor", "contained"]

Extractor = Callable[[str, Sequence[str]], Verdict]


def contained(card: ExtractorCard) -> Extractor:
    """The card's function; what it raises, or gives that is no verdict, is an error that names it (MB752)."""
    function = card.open()

    def extract(reply: str, options: Sequence[str]) -> Verdict:
        try:
            verdict = function(reply, options)
        except (Exception, SystemExit) as fault:
            raise PluginError("MB752", f"raised {type(fault).__name__}: {fault}", where=card.name) from fault
        if not _is_sound(verdict, len(options)):
            message = f"gave {verdict!r}, no verdict on {len(options)} options"
            raise PluginError("MB752", message, where=card.name)
        return verdict

    return extract


def _is_sound(verdict: object, options: int) -> TypeGuard[Verdict]:
    """A verdict whose option and status say the same."""
    if not isinstance(verdict, Verdict) or verdict.status not in ("answered", "unparsed", "refused"):
        return False
    answered = verdict.option is not None
    named = not answered or (type(verdict.option) is int and 0 <= verdict.option < options)
    return named and isinstance(verdict.rule, str) and answered == (verdict.status == "answered")
