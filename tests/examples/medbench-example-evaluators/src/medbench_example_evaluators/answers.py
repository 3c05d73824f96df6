"""One rule, so that it can be read at a glance; medbench's own extractor has many, and needs them."""

from __future__ import annotations

import re

from medbench.choice import Verdict

__all__ = ["last_letter"]

LETTER = re.compile(r"(?<![A-Za-z])([A-J])(?![A-Za-z])")


def last_letter(reply, options):
    """The option of the last capital letter that stands alone."""
    named = [ord(letter) - ord("A") for letter in LETTER.findall(reply)]
    fitting = [number for number in named if number < len(options)]
    if not fitting:
        return Verdict(None, "unparsed", "none")
    return Verdict(fitting[-1], "answered", "last-letter")
