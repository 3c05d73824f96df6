"""Two records of one task, paired: the ranking test, and the paper's test beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.board.cross_check import CrossCheck
from medbench.errors import UsageError
from medbench.record import Record
from medbench.stats.power import detectable_difference

__all__ = ["PairedMetric", "pair_primary", "pair_records"]

ALPHA = 0.05
FEW_POSITIVES = 30
"""Below this many positives or negatives an AUC is tested on the logit scale."""
CORRECTIONS = {"holm": "Holm", "bh": "Benjamini-Hochberg"}
UNMATCHED = "none: each model has draws of its own"


@dataclass(frozen=True)
class PairedMetric:
    """One metric of one task in two models; differences are a minus b.

    Attributes:
        level: coverage of ``ci``, the interval of the difference.
        p: of the ranking test; ``p_holm`` is filled in for the primary metrics of a comparison.
        matched: the models share their draws; without that there is no interval and no ranking test.
        paper_t, paper_p, paper_z: the paper's test over replicates, and its t / √B.
        check: a second test of the same difference where both predictions are at hand.
        se: SD of the replicate differences, on the metric's own scale.
        detectable_difference: the true difference that this test set would show with 80 % power.
        correction: how ``p_adjusted`` was made from the family, ``holm`` or ``bh``.
        margin: stated by the user; ``p_equivalent`` and ``p_non_inferior`` (a to b) belong to it.
    """

    task: str
    protocol: str
    metric: str
    primary: bool
    a: float
    b: float
    difference: float
    level: float
    ci: tuple[float, float] | None
    z: float | None
    df: int | None
    p: float | None
    method: str
    paper_t: float | None
    paper_p: float | None
    paper_z: float | None
    check: Mapping[str, Any] | None
    matched: bool = True
    p_holm: float | None = None
    se: float | None = None
    detectable_difference: float | None = None
    correction: str | None = None
    p_adjusted: float | None = None
    margin: float | None = None
    p_equivalent: float | None = None
    p_non_inferior: float | None = None

    def sentence(self, name_a: str, name_b: str) -> str:
        """The result in words that can be quoted."""
        if not self.matched:
            return (
                f"{self.task}: under {self.protocol} each model has bootstrap draws of its own, as in the "
                f"published scripts; {name_a} and {name_b} are compared by the paper's test alone, which "
                "cannot tell a difference from chance. --protocol paper pairs them."
            )
        if self.p is None or self.ci is None:
            return f"{self.task}: too few cases to compare {name_a} and {name_b}."
        p = self.p if self.p_adjusted is None else self.p_adjusted
        if self.difference == 0:
            return f"{self.task}: {name_a} and {name_b} score the same; a difference is not shown."
        better, worse = (name_a, name_b) if self.difference > 0 else (name_b, name_a)
        low, high = self.ci if self.difference > 0 else (0.0 - self.ci[1], 0.0 - self.ci[0])
        found = (
            f"{better} scores {abs(self.difference):.3f} higher than {worse} "
            f"({100 * self.level:g} % CI {low:.3f} to {high:.3f}; {self._p_words(p)})"
        )
        shown = "the difference is unlikely to be chance" if p < ALPHA else "a difference is not shown"
        decides = ""
        if (p < ALPHA) is not (low > 0 or high < 0):
            decides = " Interval and p-value disagree; the p-value decides."
        return f"{self.task}: {found}; {shown}.{decides}"

    def _p_words(self, p: float) -> str:
        """The p-value, how it was adjusted, and its law."""
        said = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
        if self.p_adjusted is not None:
            said += f" after {CORRECTIONS[self.correction or 'holm']}"
        return said if self.df is None else f"{said}, {self.df} degrees of freedom"


def pair_records(a: Record, b: Record) -> list[PairedMetric]:
    """Every metric that both records have, from their replicates alone.

    Raises:
        UsageError: the records do not share their draws (MB020); the message says what differs.
        SpecError: a replicates file is missing or altered.
    """
    _refuse_unpaired(a, b)
    keys_b = {row["key"] for row in b.value["metrics"]}
    shared = [row["key"] for row in a.value["metrics"] if row["key"] in keys_b]
    return _pair(a, b, shared, CrossCheck(a, b))


def pair_primary(a: Record, b: Record) -> PairedMetric | None:
    """The metric that ranks alone, without the second test; ``None`` where it is undefined in either.

    Raises:
        UsageError, SpecError: as ``pair_records``; SpecError also when they rank by different metrics.
    """
    _refuse_unpaired(a, b)
    return next(iter(_pair(a, b, [a.value["task"]["primary"]], None)), None)


def _refuse_unpaired(a: Record, b: Record) -> None:
    what = _difference(a.value, b.value)
    if what:
        message = f"{a.place[0]} cannot be paired; the records differ in: {what}"
        raise UsageError("MB020", message, where=f"{a.file}, {b.file}")


def _difference(a: Mapping[str, Any], b: Mapping[str, Any]) -> str:
    """Why two records of a task do not share their draws; empty when they do."""
    ours, theirs = a["cohort"], b["cohort"]
    if ours["synthetic"] != theirs["synthetic"]:
        return "one was made on synthetic data, the other on real data"
    if ours["counts"]["test"] != theirs["counts"]["test"]:
        sizes = [
            "{rows} rows in {groups} groups".format(**cohort["counts"]["test"]) for cohort in (ours, theirs)
        ]
        return f"test sets of {sizes[0]} and of {sizes[1]}"
    for key in ("replicates", "seed", "level"):
        if a["statistics"][key] != b["statistics"][key]:
            return f"{key} of the resampling, {a['statistics'][key]} and {b['statistics'][key]}"
    return "labels or groups of the test rows" if ours["resample_key"] != theirs["resample_key"] else ""


def _pair(a: Record, b: Record, keys: Sequence[str], check: CrossCheck | None) -> list[PairedMetric]:
    replicates_a, replicates_b = a.replicates(), b.replicates()
    rows: list[PairedMetric] = []
    for key in keys:
        row_a, row_b = a.metric(key), b.metric(key)
        if row_a["value"] is not None and row_b["value"] is not None:
            draws = (replicates_a[key], replicates_b[key])
            found = _metric(a, (row_a, row_b), draws, check.of(row_a) if check else None)
            rows.append(found if _matched(a) and _matched(b) else _without_test(found))
    return rows


def _matched(record: Record) -> bool:
    return bool(record.value["statistics"].get("matched", True))


def _without_test(row: PairedMetric) -> PairedMetric:
    """Draws that are not shared cannot be subtracted: their spread is that of two test sets."""
    return replace(
        row,
        ci=None,
        z=None,
        df=None,
        p=None,
        se=None,
        detectable_difference=None,
        method=UNMATCHED,
        matched=False,
    )


def _metric(
    a: Record,
    rows: tuple[Mapping[str, Any], Mapping[str, Any]],
    draws: tuple[NDArray[np.float64], NDArray[np.float64]],
    check: Mapping[str, Any] | None,
) -> PairedMetric:
    (row_a, row_b), level = rows, a.value["statistics"]["level"]
    test = stats.paired_bootstrap_test(
        *draws,
        row_a["value"],
        row_b["value"],
        groups=min(row_a["n_groups"], row_b["n_groups"]),
        scale=_scale(a, row_a),
        level=level,
    )
    paper = stats.paired_t_replicates(*draws)
    interval = None if test.ci_low is None or test.ci_high is None else (test.ci_low, test.ci_high)
    return PairedMetric(
        task=a.place[0],
        protocol=a.place[1],
        metric=row_a["key"],
        primary=row_a["key"] == a.value["task"]["primary"],
        a=row_a["value"],
        b=row_b["value"],
        difference=test.estimate,
        level=level,
        ci=interval,
        z=test.statistic,
        df=test.df,
        p=test.p_value,
        method=test.method,
        paper_t=paper.statistic,
        paper_p=paper.p_value,
        paper_z=paper.z,
        check=check,
        se=test.se,
        detectable_difference=_detectable(test),
    )


def _detectable(test: stats.TestResult) -> float | None:
    """``None`` without a test."""
    return None if test.se is None or test.p_value is None else detectable_difference(test.se, test.df)


def _scale(record: Record, row: Mapping[str, Any]) -> Literal["identity", "logit"]:
    if row["id"] not in ("roc_auc", "roc_auc_mean"):
        return "identity"
    # a mean is as fragile as the rarest class in it, which any metric of a class counts
    of_mean = [
        r for r in record.value["metrics"] if r["label"] is not None and r["subgroup"] == row["subgroup"]
    ]
    rows = [row] if row["id"] == "roc_auc" else of_mean
    counted = [(r["n_pos"], r["n"] - r["n_pos"]) for r in rows if r["n_pos"] is not None]
    fewest = min(map(min, counted), default=FEW_POSITIVES)
    return "logit" if fewest < FEW_POSITIVES else "identity"
