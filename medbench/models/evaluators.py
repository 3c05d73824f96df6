"""What a plugin says about a metric or an extractor of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from medbench.models.card import resolve

__all__ = ["ExtractorCard", "MetricCard"]


@dataclass(frozen=True)
class MetricCard:
    """A metric of probe tasks.

    Attributes:
        name: ``PLUGIN:METRIC`` for a third party's; specs name it so under ``metrics.report``.
        opener: ``"module:callable"``. Called with the labels int (n,), or 0 and 1 (n, labels), the
            probabilities float64 (n, classes or labels) and counts uint16 (replicates, n), how often each row
            is in each replicate. Returns the value on the rows and its value in each replicate: a number and
            float64 (replicates,), or for one value a class (k,) and (replicates, k); of two classes the
            second alone may be given. NaN where it is undefined.
        direction: whether more is better; a task is ranked by a metric of which more is better.
        chance: what guessing gives, or ``"module:callable"`` that gives it from the labels and the number of
            classes, in the shape of the value; ``None`` where nobody knows.
        evidence: what carries it: ``positives`` (an AUC is as sure as its rarer side) or ``rows``.
        multilabel: takes tasks with several labels a row, too.
        summary: one line.
    """

    name: str
    opener: str
    direction: Literal["higher", "lower"] = "higher"
    chance: float | str | None = None
    evidence: Literal["positives", "rows"] = "rows"
    multilabel: bool = False
    summary: str = ""

    def open(self) -> Callable[..., Any]:
        """Import the function.

        Raises:
            PluginError: it cannot be imported (MB701).
        """
        return resolve(self.opener, self.name)


@dataclass(frozen=True)
class ExtractorCard:
    """A way to read the answer out of a reply.

    Attributes:
        name: ``PLUGIN:EXTRACTOR/VERSION`` for a third party's; protocols name it under ``extractor``.
        opener: ``"module:callable"``, called with a reply's text and the options; returns a
            ``medbench.choice.Verdict``. The same text must always give the same verdict.
        summary: one line.
    """

    name: str
    opener: str
    summary: str = ""

    def open(self) -> Callable[[str, Sequence[str]], Any]:
        """Import the function.

        Raises:
            PluginError: it cannot be imported (MB701).
        """
        return resolve(self.opener, self.name)
