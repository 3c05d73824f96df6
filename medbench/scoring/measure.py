"""One measured value with its replicates, and how it is summarised for the record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
from numpy.typing import NDArray

from medbench import stats

__all__ = ["Measure", "rounded", "summarise"]


@dataclass(frozen=True)
class Measure:
    """A metric on the test set, or on a part of it.

    Attributes:
        id: metric name; with label, decoding, stratum and subgroup it is unique in a record.
        value: computed on the data; ``None`` where it is undefined.
        replicates: float64 (replicates,); NaN where a replicate leaves it undefined.
        n: rows; ``n_pos``: positives where there are any to speak of; ``n_groups``: groups that carry the
            evidence (the smaller number of those that hold a positive and those that hold a negative).
        chance: what guessing would give.
        proportion: ``(successes, n)`` where a Wilson interval is the one to give.
    """

    id: str
    value: float | None
    replicates: NDArray[np.float64]
    n: int
    n_groups: int
    n_pos: int | None = None
    chance: float | None = None
    label: str | None = None
    decoding: str | None = None
    stratum: str | None = None
    subgroup: str | None = None
    proportion: tuple[int, int] | None = None

    @property
    def key(self) -> str:
        """Name of its replicates: the id and whatever else tells it apart."""
        parts = (("label", self.label), ("decoding", self.decoding), ("stratum", self.stratum))
        named = [
            f"{name}={value}" for name, value in (*parts, ("subgroup", self.subgroup)) if value is not None
        ]
        return "|".join([self.id, *named])


def summarise(measures: Sequence[Measure], level: float) -> list[dict[str, Any]]:
    """Rows of a record's ``metrics``: value, SD of the replicates, interval and how it was made."""
    return [_row(measure, level) for measure in measures]


def _row(measure: Measure, level: float) -> dict[str, Any]:
    undefined = int(np.isnan(measure.replicates).sum())
    ci, method = _interval(measure, level)
    return {
        "key": measure.key,
        "id": measure.id,
        "label": measure.label,
        "decoding": measure.decoding,
        "stratum": measure.stratum,
        "subgroup": measure.subgroup,
        "value": rounded(measure.value),
        "sd": rounded(stats.replicate_sd(measure.replicates)),
        "ci": ci,
        "method": method,
        "n": measure.n,
        "n_pos": measure.n_pos,
        "n_groups": measure.n_groups,
        "undefined": undefined,
        "chance": rounded(measure.chance),
    }


def _interval(measure: Measure, level: float) -> tuple[list[float | None] | None, str]:
    if measure.value is None:
        return None, "undefined"
    if measure.proportion is not None:
        found, method = stats.wilson_interval(*measure.proportion, level), "wilson"
    else:
        found, method = stats.percentile_interval(measure.replicates, level), "bootstrap-percentile"
    if found is None:
        return None, "too few cases"
    return [rounded(found.low), rounded(found.high)], method


@overload
def rounded(value: float) -> float: ...
@overload
def rounded(value: None) -> None: ...
@overload
def rounded(value: float | None) -> float | None: ...
def rounded(value: float | None) -> float | None:
    """Twelve digits: more would differ between machines without meaning anything."""
    return None if value is None else float(f"{value:.12g}")
