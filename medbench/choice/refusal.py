"""Whether a reply declines to answer."""

from __future__ import annotations

import re

__all__ = ["is_refusal"]

_CANNOT = (
    r"(?:cannot|can ?not|can't|could not|couldn't|won't|will not|am unable to|'m unable to"
    r"|am not able to|'m not able to"
    r"|am not allowed to|'m not allowed to|am not qualified to|'m not qualified to|do not have the ability to"
    r"|don't have the ability to|am not in a position to|'m not in a position to)"
)
_TASK = (
    r"(?:interpret|diagnose|provide|offer|give|analy[sz]e|assist|help|view|see|access|process|determine|answer"
    r"|identify|make|evaluate|assess|comment|examine|read|review|discuss|fulfill|comply|open|display|tell|say|choose)"
)
_REFUSAL = re.compile(
    rf"\bI\s*{_CANNOT}\s+(?:\w+ly\s+)?{_TASK}\b"
    r"|\b(?:unable|not able) to (?:interpret|diagnose|view|see|process|analy[sz]e|access|assist|help)\b"
    r"|\bas an? (?:AI|artificial intelligence|large language model|language model)\b"
    r"|\bI(?:'m| am) (?:just |only )?an? (?:AI|language model)\b"
    r"|\bI(?:'m| am) (?:really |very )?sorry,? but\b"
    r"|\bI(?:'m| am) not a (?:doctor|physician|medical professional|radiologist|dermatologist)\b"
    r"|\bI (?:do not|don't) (?:see|have) (?:an?|any|the|access to (?:an?|any|the)) images?\b"
    r"|\bno image (?:was|is|has been) (?:provided|attached|shown)\b"
    r"|\bconsult (?:a|an|your|with a) (?:\w+ ){0,3}(?:doctor|physician|professional|provider|specialist)\b",
    re.I,
)


def is_refusal(text: str) -> bool:
    """Whether a cleaned text says that its author cannot or will not answer."""
    return _REFUSAL.search(text) is not None
