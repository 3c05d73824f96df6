"""The options of a case, prepared for comparison with text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from medbench.choice.normalise import Word, clean, fold

__all__ = ["OptionTexts"]

_LETTERS = "abcdefghij"


@dataclass(frozen=True)
class OptionTexts:
    """Options in the order shown.

    Attributes:
        verbatim: cleaned texts.
        folded: folded words of each.
    """

    verbatim: tuple[str, ...]
    folded: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, options: Sequence[str]) -> OptionTexts:
        """Prepare 2 to 10 options.

        Raises:
            ValueError: fewer or more.
        """
        if isinstance(options, str) or not 2 <= len(options) <= len(_LETTERS):
            raise ValueError(f"options must be 2 to {len(_LETTERS)} texts")
        return cls(tuple(clean(option) for option in options), tuple(fold(option) for option in options))

    def __len__(self) -> int:
        return len(self.folded)

    def labelled(self, label: str) -> int | None:
        """Index of the option that a letter or number names; ``None`` beyond the last."""
        index = int(label) - 1 if label.isdigit() else _LETTERS.find(label.casefold())
        return index if 0 <= index < len(self) else None

    def is_also_text(self, label: str) -> bool:
        """Whether a label is the text of an option that it does not name (blood groups, numbers)."""
        named = self.labelled(label)
        return any(folded == (label.casefold(),) for i, folded in enumerate(self.folded) if i != named)

    def equal_to(self, text: str) -> int | None:
        """The one option whose text this is, verbatim, else by folded words; ``None`` if none or several.

        A text that is also the label of another option says nothing.
        """
        cleaned, folded = clean(text), fold(text)
        matches = [i for i, option in enumerate(self.verbatim) if option and option == cleaned]
        matches = matches or [i for i, option in enumerate(self.folded) if option and option == folded]
        if len(matches) != 1:
            return None
        label = folded[0] if len(folded) == 1 else ""
        named = self.labelled(label) if label.isdecimal() or len(label) == 1 else None
        return matches[0] if named in (None, matches[0]) else None

    def at(self, found: Sequence[Word], index: int) -> tuple[int, int] | None:
        """(option, number of words) of the longest option whose words start at ``found[index]``.

        ``None`` where there is none, or where two options have those same words.
        """
        lengths = {
            option: len(folded)
            for option, folded in enumerate(self.folded)
            if folded and tuple(word.text for word in found[index : index + len(folded)]) == folded
        }
        longest = max(lengths.values(), default=0)
        matches = [option for option, length in lengths.items() if length == longest]
        return (matches[0], longest) if len(matches) == 1 else None
