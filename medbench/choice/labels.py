"""Explicit letters and numbers: "B", "(b)", "2.", "Answer: C", "B. Psoriasis", "option D is correct"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medbench.choice.claim import Claim
from medbench.choice.negation import is_denied
from medbench.choice.normalise import words
from medbench.choice.option_texts import OptionTexts

__all__ = ["LINK", "leading_labels", "stated_labels"]

# "I" is a pronoun long before it is the ninth option; it counts only where nine options are shown.
_LABEL = r"(?P<open>[(\[\"'{]*)(?P<label>10|[1-9]|[A-Ja-j])(?![\w'])(?P<close>[)\]\"'}]*)"
_NOUN = r"(?:answer|diagnosis|choice|option|response|selection|solution)"
_SURE = r"(?:(?:probably|likely|most likely|clearly|therefore|thus|definitely|indeed|simply|hence)\s+)?"
_NAME = r"(?:(?:option|choice|letter|number|answer)\s*(?:number\s*)?[:#]?\s*)?"
LINK = re.compile(
    rf"\b{_NOUN}(?:\s+(?:choice|option|letter|number))?"
    r"(?:\s+(?:to|for|in)\s+(?:this|the|that)\s+(?:\w+\s+)?(?:question|case|image|patient|problem))?"
    rf"(?:\s+(?:is|was|would be|should be|must be)\b|\s*[:=])[:\s]*{_SURE}",
    re.I,
)
_VERDICT = r"(?:correct|right|best|answer|most (?:likely|appropriate|consistent|probable))"
_CHOOSE = r"(?:choose|choosing|chose|select|selecting|selected|pick|picked|go(?:ing)? with|opt for)"
_BEFORE = r"(?:^|[.,:;!]\s+|\b(?:option|choice|answer|so|thus|hence|therefore|that|think|believe|say)\s+)"
_AFTER_LINK = re.compile(rf"(?i:{LINK.pattern}{_NAME}){_LABEL}")
_AFTER_NOUN = re.compile(rf"(?im:^\W*(?:the\s+)?(?:final\s+|correct\s+)?(?:answer|option|choice)\s*){_LABEL}")
_CHOSEN = re.compile(rf"(?i:\b(?:{_CHOOSE}|say|guess(?: is)?)\s*:?\s*{_NAME}){_LABEL}")
_CALLED_CORRECT = re.compile(
    rf"(?im:{_BEFORE}){_LABEL}"
    rf"(?i:(?=\s+(?:is|would be|must be|appears to be|seems)\s+{_SURE}(?:the\s+)?{_VERDICT}))"
)
_CORRECTED = re.compile(
    rf"(?i:\b(?:wait|no|actually|sorry|correction|rather|i mean|scratch that)[\s,.:…-]+"
    rf"(?:(?:no|actually|rather|i mean)[\s,.:…-]+)?(?:(?:it'?s|it is|make (?:that|it))\s+)?{_NAME})"
    rf"{_LABEL}(?=\s*(?:[.,;:!]|$))"
)
_LEADING = re.compile(rf"(?m:^[\s>#-]*)(?i:(?:option|choice)\s+)?{_LABEL}(?P<mark>[.:]?)")
_WITH_TEXT = re.compile(rf"(?:(?<=\s)|(?<=^)){_LABEL}(?P<mark>[.:]?)(?=\s)")
_REASON = re.compile(r"\s+(?:because|since|as|due|based|given|which|but|and|or)\b")
_FURTHER = re.compile(
    r" *(?:[.,/&]|\band\b|\bor\b)* *(?:(?:and|or|option|choice|maybe|possibly|perhaps)\s+)*"
    r"[(\[]?(10|[1-9]|[A-J])(?=\s*(?:[.,;)\]/&]|and\b|or\b|$))"
)


def stated_labels(text: str, options: OptionTexts) -> Iterator[Claim]:
    """Labels that a phrase calls the answer, in a cleaned text."""
    for pattern in (_AFTER_LINK, _AFTER_NOUN, _CHOSEN, _CALLED_CORRECT, _CORRECTED):
        for match in pattern.finditer(text):
            stands = pattern is _CALLED_CORRECT or _stands_alone(match, text, options)
            # After a verb a small letter is a word ("go with a biopsy") unless a bracket encloses it.
            word = (
                pattern in (_CHOSEN, _CALLED_CORRECT, _CORRECTED)
                and match["label"].islower()
                and not match["close"]
            )
            named = stands and not word and _in_use(match["label"], options)
            if named and not is_denied(text, match.start(), match.end()):
                yield _claim(match, text, options, "label")


def leading_labels(text: str, options: OptionTexts) -> Iterator[Claim]:
    """Labels at the start of a line, and labels followed by their own option's text anywhere."""
    for match in _LEADING.finditer(text):
        usable = _in_use(match["label"], options) and not _starts_option_text(match, text, options)
        if usable and _opens_line(match, text, options):
            yield _claim(match, text, options, "leading-label")
    for match in _WITH_TEXT.finditer(text):
        marked = match["mark"] or match["close"]
        if (
            marked
            and _own_text_follows(match, text, options)
            and not is_denied(text, match.start(), match.end())
        ):
            yield _claim(match, text, options, "leading-label")


def _opens_line(match: re.Match[str], text: str, options: OptionTexts) -> bool:
    """Whether the label at the start of a line is alone there, has its own text, or is a marked letter."""
    if _own_text_follows(match, text, options):
        return not is_denied(text, match.start(), match.end())
    line = text[match.end() :].split("\n")[0]
    if not line.strip(" .,!-"):
        return True
    # A marked number with other words is a numbered list more often than an answer.
    letter = not match["label"].isdigit() and (match["label"].isupper() or bool(match["close"]))
    marked = bool(match["mark"] or match["close"]) or line.startswith((" - ", ","))
    return letter and marked and _stands_alone(match, text, options)


def _in_use(label: str, options: OptionTexts) -> bool:
    """Whether a letter can be meant as a label here."""
    return label.upper() != "I" or len(options) >= 9


def _claim(match: re.Match[str], text: str, options: OptionTexts, rule: str) -> Claim:
    """The claim of a label; contradictory when a second label or another option's text stands beside it."""
    option = options.labelled(match["label"])
    own = _own_text_follows(match, text, options)
    segment = re.split(r"[\n;()]|\.(?=\s|$)", text[match.end() :].lstrip(" .,:;-=()"), maxsplit=1)[0]
    other = options.equal_to(segment) if segment else None
    contradicted = other is not None and other != option
    further = _FURTHER.match(text, match.end()) if not own else None
    if contradicted or further or (options.is_also_text(match["label"]) and not own):
        option = None
    return Claim(option, match.start(), match.end(), rule)


def _stands_alone(match: re.Match[str], text: str, options: OptionTexts) -> bool:
    """Whether the label is a label, and not the first letter or number of something else."""
    rest = text[match.end("close") :]
    if _starts_option_text(match, text, options):
        return False
    if (match["open"] and match["close"]) or ")" in match["close"] or "]" in match["close"]:
        return True
    sure = match["label"].isupper() or match["label"].isdigit()
    if not rest.strip() or rest.lstrip(" ")[0] in ("\n,;:!?(/&" if sure else "\n,;:!?"):
        return True
    if re.match(r"\s+-+\s", rest):
        return True
    if rest.startswith("."):
        species = re.match(r"\.\s+[a-z]", rest) and not re.match(r"\.\s*\n", rest)
        return not re.match(r"\.\w", rest) and (not species or _own_text_follows(match, text, options))
    return (sure and bool(_REASON.match(rest))) or _own_text_follows(match, text, options)


def _own_text_follows(match: re.Match[str], text: str, options: OptionTexts) -> bool:
    """Whether the words after the label are those of the option that it names."""
    named = options.labelled(match["label"])
    if named is None or not options.folded[named]:
        return False
    own = options.folded[named]
    found = tuple(word.text for word in words(text[match.end() : match.end() + 400])[: len(own) + 1])
    return found[: len(own)] == own or (found[:1] in (("a",), ("an",), ("the",)) and found[1:] == own)


def _starts_option_text(match: re.Match[str], text: str, options: OptionTexts) -> bool:
    """Whether an option's text begins with this very letter or number: "E. coli", "2 weeks"."""
    found = words(text[match.start("label") : match.start("label") + 400])
    hit = options.at(found, 0) if found else None
    return hit is not None and hit[1] > 1
