"""From a reply to the option that it gives, or to why it gives none. Deterministic; never guesses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from medbench.choice.claim import settle
from medbench.choice.labels import leading_labels, stated_labels
from medbench.choice.normalise import clean
from medbench.choice.option_texts import OptionTexts
from medbench.choice.refusal import is_refusal
from medbench.choice.texts import mentioned_option, opening_texts, stated_mentions, stated_texts
from medbench.choice.turns import own_turn

__all__ = ["EXTRACTOR", "Verdict", "extract_answer"]

EXTRACTOR = "medbench-extract/1"


@dataclass(frozen=True)
class Verdict:
    """What a reply answers.

    Attributes:
        option: 0-based index of the option; ``None`` unless ``status`` is ``answered``.
        status: ``answered``; ``refused`` where the model declines; else ``unparsed``.
        rule: the rule that decided: ``label``, ``leading-label``, ``text``, ``answer-text``,
            ``answer-mention``, ``mention``; or ``refusal``, ``conflict``, ``none``.
    """

    option: int | None
    status: Literal["answered", "unparsed", "refused"]
    rule: str


def extract_answer(reply: str, options: Sequence[str]) -> Verdict:
    """The option that a reply gives.

    Only the model's own turn counts. In this order: an explicit letter, number or option text ("B.",
    "Answer: C", "The diagnosis is psoriasis."); a refusal; the only option mentioned and not denied in a
    sentence that states the answer; the only one in the whole reply. Two different explicit answers are a
    conflict, unless the text corrects itself in between. A letter beyond the options, or one that is also
    another option's text, is a conflict too.

    Args:
        reply: new text of the model.
        options: 2 to 10 option texts in the order shown; letters A to J and numbers 1 to 10 name them.

    Returns:
        The verdict. Any text gives one; nothing is random.

    Raises:
        ValueError: fewer than 2 options or more than 10.

    Source: the extractor is ``EXTRACTOR``, judged by ``tests/choice/replies.jsonl``.

    >>> options = ["Eczema", "Psoriasis", "Hepatitis B"]
    >>> extract_answer("The correct answer is B. This is because of the scale.", options)
    Verdict(option=1, status='answered', rule='label')
    >>> extract_answer("This is not eczema; I suspect chronic hepatitis B infection.", options).option
    2
    >>> extract_answer("I cannot interpret medical images.", options).status
    'refused'
    """
    texts = OptionTexts.of(options)
    text = clean(own_turn(reply))
    explicit = _explicit(text, texts)
    if explicit is not None:
        return explicit
    if is_refusal(text):
        return Verdict(None, "refused", "refusal")
    stated = list(stated_mentions(text, texts))
    if stated:
        last = settle(stated, text)
        return Verdict(last.option, "answered", last.rule) if last else Verdict(None, "unparsed", "conflict")
    mentioned = mentioned_option(text, texts)
    return Verdict(
        mentioned, "unparsed" if mentioned is None else "answered", "none" if mentioned is None else "mention"
    )


def _explicit(text: str, options: OptionTexts) -> Verdict | None:
    """The verdict of explicit answers; ``None`` where there is none."""
    whole = options.equal_to(text)
    if whole is not None:
        return Verdict(whole, "answered", "text")
    stated = [*stated_labels(text, options), *stated_texts(text, options)]
    opening = [*leading_labels(text, options), *opening_texts(text, options)]
    # A list of the options before the answer is no answer by itself.
    if stated and len({claim.option for claim in opening}) > 1:
        opening = []
    claims = stated + opening
    if not claims:
        return None
    claim = settle(claims, text)
    return Verdict(claim.option, "answered", claim.rule) if claim else Verdict(None, "unparsed", "conflict")
