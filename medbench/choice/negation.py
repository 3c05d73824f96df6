"""Whether a stretch of a text is denied, doubted or only set against the answer.

It errs towards yes: a denied option that is missed becomes a wrong answer, one too many only ``unparsed``.
"""

from __future__ import annotations

import re

__all__ = ["is_denied"]

_CLAUSE_START = re.compile(
    r"[.;:!?](?=\s|$)|[。！？；]|\n|\b(?:sondern|sino)\b|而是"
    r"|\b(?:but|however|although|whereas|because|since)\b|\brather(?! than)\b"
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
# Other languages, in their own case: "PAS" is a stain and "SEM" a microscope.
_DENIES_ABROAD = re.compile(
    r"\b(?:[Kk]ein(?:e[mnrs]?)?|[Nn]icht|[Oo]hne|[Ww]eder|[Gg]egen|[Pp]as|[Ss]ans|[Aa]ucune?|[Nn]i|[Jj]amais|[Ss]in"
    r"|[Nn]ing[uú]na?|[Nn]unca|[Nn][ãa]o|[Ss]em|[Nn]enhuma?|[Ss]enza|[Nn]essuna?|[Gg]een|[Nn]iet|[Zz]onder)\b"
    r"|不|没|沒|无|無|非|排除|否定"
)
_DENIED_ABROAD = re.compile(
    r"\b(?:nicht|ausgeschlossen|unwahrscheinlich|pas|exclue?s?|exclu[ií]d[oa]s?|descartad[oa]s?|esclus[oaie]|niet"
    r"|uitgesloten)\b|では?な|じゃな|でな|ありませ|否定|除外|아니|않|없|제외|不|排除"
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
    abroad = _DENIES_ABROAD.search(before)
    if abroad or _DENIES_WHAT_FOLLOWS.search(before) or _CONDITION.search(text[:start]):
        return True
    boundary_after = _CLAUSE_START.search(text, end)
    after = text[end : boundary_after.start()] if boundary_after else text[end:]
    if boundary_after and boundary_after.group() in "?？":
        return True
    if _DENIED_ABROAD.search(after.split(",")[0]):
        return True
    verb = _VERB.search(after)
    return bool(verb and _DENYING_VERB.match(after[verb.start() :].split(",")[0]))
