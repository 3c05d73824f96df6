"""What counts as the same text: clean replies, fold words."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

__all__ = ["Word", "clean", "fold", "words"]

_PLAIN = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u2022": "-", "\r": "\n"}
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212", "-")
    | dict.fromkeys("*`$\u200b\u200c\u200d\u2060\ufeff\u00ad", "")
)
_LATEX_STYLE = re.compile(r"\\(?:text|textbf|mathrm|mathbf)\{([^{}]*)\}")
# Marks that enclose an answer are rewritten to the words that say the same.
_ENCLOSED = re.compile(
    r"\[\[([^\[\]]{1,300})\]\]|\\boxed\{([^{}]{1,300})\}|<answer>(.{1,300}?)</answer>", re.S | re.I
)
_THINKING = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.S | re.I)
_ARTICLE = re.compile(r"^(?:a|an|the)\s+(?=\w)", re.I)
_WORD = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+|[<>\u2264\u2265+=%\u00b1]")


@dataclass(frozen=True)
class Word:
    """A folded word and where it stands in its text."""

    text: str
    start: int
    end: int


def clean(text: str) -> str:
    """Compatibility characters, quotes, dashes, emphasis and enclosing marks made plain; case is kept."""
    plain = _THINKING.sub("\n", unicodedata.normalize("NFKC", text)).translate(_PLAIN)
    plain = _LATEX_STYLE.sub(r"\1", plain)
    plain = _ENCLOSED.sub(lambda found: f"\nAnswer: {next(filter(None, found.groups()))}\n", plain)
    return plain.strip()


def words(text: str) -> list[Word]:
    """Words of a cleaned text without case, accents or possessive s; numbers keep their decimals."""
    found = []
    for match in _WORD.finditer(text):
        possessive = match.group() in ("s", "S") and text[max(0, match.start() - 1) : match.start()] == "'"
        if not possessive:
            found.append(Word(_fold_word(match.group()), match.start(), match.end()))
    return found


def fold(text: str) -> tuple[str, ...]:
    """The folded words of a text, without a leading article."""
    return tuple(word.text for word in words(_ARTICLE.sub("", clean(text))))


def _fold_word(word: str) -> str:
    """Without case and accents."""
    bare = "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))
    return bare.casefold()
