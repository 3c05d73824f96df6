"""Whether a stretch of a text is denied, doubted or only set against the answer.

It errs towards yes: a denied option that is missed becomes a wrong answer, one too many only ``unparsed``.
"""

from __future__ import annotations

import re

__all__ = ["is_denied"]

_CLAUSE_START = re.compile(
    r"[.;:!?](?=\s|$)|\n|\b(?:but|however|although|whereas|because|since)\b|\brather(?! than)\b"
    r"|\binstead(?! of)\b"
    r"|,(?=\s*(?:so|thus|therefore|i|it|it's|this|that's|the (?:answer|correct|best|most|diagnosis))\b)",
    re.I,
)
_DENIES_WHAT_FOLLOWS = re.compile(
    r"\bno\b(?!,)|\b(?:not|non|never|neither|nor|without|cannot|than|versus|vs|unlike|unlikely|less likely"
    r"|exclud(?:e|es|ed|ing)|rul(?:e|es|ed|ing) out|rather than|instead of|other than|absence of|against"
    r"|mimic(?:s|ked|king)?|differ(?:s|ent|entiate|entiated)?(?: it)? from|distinguish(?:es|ed)?"
    r"|mistaken for|confused with|history of|incorrect|wrong|lacks?)\b|n't\b",
    re.I,
)
# A condition reaches over commas, to the end of the sentence or the contrast.
_CONDITION = re.compile(r"\bif\b(?![^.;!?\n]*\bbut\b)[^.;!?\n]*$", re.I)
_VERB = re.compile(
    r"\b(?:is|are|was|were|be|can|could|would|should|may|might|does|do|did|has|have|seems?|appears?|cannot"
    r"|(?:is|are|was|were|ca|could|would|does|do|did)n't)\b",
    re.I,
)
_DENYING_VERB = re.compile(
    r"(?:\S*n't|cannot)"
    r"|\S+(?:\s+\w+){0,2}?\s+(?:not|never|no longer|unlikely|less|ruled|excluded|incorrect|wrong|absent)\b",
    re.I,
)

# Characters to either side that are read: looping replies must not cost the square of their length.
_REACH = 400


def is_denied(text: str, start: int, end: int) -> bool:
    """Whether the clause around ``text[start:end]`` denies it, or the sentence is a question."""
    low = max(0, start - _REACH)
    text, start, end = text[low : end + _REACH], start - low, end - low
    before = text[:start]
    for boundary in _CLAUSE_START.finditer(text):
        if boundary.end() > start:
            break
        before = text[boundary.end() : start]
    if _DENIES_WHAT_FOLLOWS.search(before) or _CONDITION.search(text[:start]):
        return True
    boundary_after = _CLAUSE_START.search(text, end)
    after = text[end : boundary_after.start()] if boundary_after else text[end:]
    if boundary_after and boundary_after.group() == "?":
        return True
    verb = _VERB.search(after)
    return bool(verb and _DENYING_VERB.match(after[verb.start() :].split(",")[0]))
