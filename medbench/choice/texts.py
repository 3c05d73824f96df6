"""Option texts as answers: alone, after "answer:", and mentioned in passing."""

from __future__ import annotations

import re
from collections.abc import Iterator

from medbench.choice.claim import Claim
from medbench.choice.labels import LINK
from medbench.choice.negation import is_denied
from medbench.choice.normalise import Word, words
from medbench.choice.option_texts import OptionTexts

__all__ = ["mentioned_option", "opening_texts", "stated_mentions", "stated_texts"]

_SENTENCE_END = re.compile(r"[.!?](?:\s+|$)|\n+")
_COMPLETE = re.compile(r"[\"')\]]*\s*(?:[.;:!(\n]|$|\s-\s|because\b|since\b|as\b|due\b|based\b|given\b)")
_LABEL_BESIDE = re.compile(r"\s*[(\[](10|[1-9]|[A-J])[)\]]")
# Longest statement of an answer that is read, in characters.
_REACH = 400
_ARTICLES = ("a", "an", "the")
# Options of these words alone are too common in prose for a mention to mean anything.
_COMMON = {
    "yes",
    "no",
    "none",
    "both",
    "all",
    "other",
    "others",
    "normal",
    "true",
    "false",
    "present",
    "absent",
}
_COMMON |= {"lead", "cold", "left", "right"}


def opening_texts(text: str, options: OptionTexts) -> Iterator[Claim]:
    """The whole text, or its first line or sentence, is an option; then every further such one counts too."""
    whole = options.equal_to(text)
    if whole is not None:
        yield Claim(whole, 0, len(text), "text")
        return
    starts = [0, *(end.end() for end in _SENTENCE_END.finditer(text))]
    lines = [text.find("\n", start) for start in starts]
    ends = [*(end.start() for end in _SENTENCE_END.finditer(text)), len(text)]
    first_line = options.equal_to(text[: lines[0]]) if lines[0] > 0 else None
    found = [options.equal_to(text[start:end]) for start, end in zip(starts, ends, strict=True)]
    if first_line is not None:
        yield Claim(first_line, 0, lines[0], "text")
    if first_line is not None or found[0] is not None:
        for option, start, end in zip(found, starts, ends, strict=True):
            if option is not None:
                yield Claim(option, start, end, "text")


def stated_texts(text: str, options: OptionTexts) -> Iterator[Claim]:
    """Options whose whole text follows "answer:", "the diagnosis is" and the like."""
    for link in LINK.finditer(text):
        found = words(text[link.end() : link.end() + _REACH])
        first = 1 if found and found[0].text in _ARTICLES and not options.at(found, 0) else 0
        hit = options.at(found, first)
        if hit is None or is_denied(text, link.start(), link.end()):
            continue
        end = link.end() + found[first + hit[1] - 1].end
        between = text[link.end() : link.end() + found[first].start]
        if _COMPLETE.match(text, end) and "\n" not in between.strip(" ").strip("\n"):
            beside = _label_beside(text, end, options)
            yield Claim(hit[0] if beside in (None, hit[0]) else None, link.start(), end, "answer-text")


def stated_mentions(text: str, options: OptionTexts) -> Iterator[Claim]:
    """Sentences that state the answer and mention, without denying it, one option only."""
    for link in LINK.finditer(text):
        reach = link.end() + _REACH
        rest = _SENTENCE_END.search(text, link.end(), reach)
        end = rest.start() if rest else min(len(text), reach)
        option = mentioned_option(text[link.end() : end], options)
        if option is not None and not is_denied(text, link.start(), link.end()):
            yield Claim(option, link.start(), end, "answer-mention")


def mentioned_option(text: str, options: OptionTexts) -> int | None:
    """The only option that is mentioned in ``text`` and nowhere denied."""
    asserted: set[int] = set()
    denied: set[int] = set()
    for option, start, end in _mentions(text, options):
        (denied if is_denied(text, start, end) else asserted).add(option)
    return asserted.pop() if len(asserted) == 1 and not asserted & denied else None


def _mentions(text: str, options: OptionTexts) -> Iterator[tuple[int, int, int]]:
    """(option, start, end) of whole-word mentions; the longest option wins where two overlap."""
    found = words(text)
    index = 0
    while index < len(found):
        hit = options.at(found, index)
        if hit is None:
            index += 1
            continue
        option, length = hit
        start, end = found[index].start, found[index + length - 1].end
        if _is_telling(found[index : index + length]) and not _is_part_of_word(text, start, end):
            yield option, start, end
            beside = _label_beside(text, end, options)
            if beside is not None:
                yield beside, start, end
        index += length


def _label_beside(text: str, end: int, options: OptionTexts) -> int | None:
    """The option that a bracketed label right after a text names: "Psoriasis (B)"."""
    label = _LABEL_BESIDE.match(text, end)
    return options.labelled(label[1]) if label else None


def _is_telling(mention: list[Word]) -> bool:
    """Whether the words can only be the option: not a number, a letter or a word of every sentence."""
    return any(len(word.text) > 1 and not word.text[0].isdigit() for word in mention) and not (
        len(mention) == 1 and mention[0].text in _COMMON
    )


def _is_part_of_word(text: str, start: int, end: int) -> bool:
    """Whether a hyphen joins the mention to a word outside it: "pre-eclampsia", "eczema-like"."""
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    return bool(re.fullmatch(r"\w-", before) or re.fullmatch(r"-\w", after))
