"""Two records of one task, paired: the ranking test, and the paper's test beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.board.cross_check import cross_check
from medbench.errors import UsageError
from medbench.record import Record

__all__ = ["PairedMetric", "pair_records"]

FEW_POSITIVES = 30
"""Below this many positives or negatives an AUC is tested on the logit scale."""


@dataclass(frozen=True)
class PairedMetric:
    """One metric of one task in two models; differences are a minus b.

    Attributes:
        p: of the ranking test; ``p_holm`` is filled in for the primary metrics of a comparison.
        paper_t, paper_p, paper_z: the paper's test over replicates, and its t / √B.
        check: a second test of the same difference where both predictions are at hand.
    """

    task: str
    protocol: str
    metric: str
    primary: bool
    a: float
    b: float
    difference: float
    ci: tuple[float, float] | None
    z: float | None
    df: int | None
    p: float | None
    method: str
    paper_t: float | None
    paper_p: float | None
    paper_z: float | None
    check: Mapping[str, Any] | None
    p_holm: float | None = None

    def sentence(self, name_a: str, name_b: str) -> str:
        """The result in words that can be quoted."""
        if self.p is None or self.ci is None:
            return f"{self.task}: too few cases to compare {name_a} and {name_b}."
        p = self.p if self.p_holm is None else self.p_holm
        better, worse = (name_a, name_b) if self.difference >= 0 else (name_b, name_a)
        low, high = self.ci if self.difference >= 0 else (-self.ci[1], -self.ci[0])
        found = (
            f"{better} scores {abs(self.difference):.3f} higher than {worse} (95 % CI {low:.3f} to {high:.3f}"
        )
        if p < 0.05:
            return f"{self.task}: {found}); the difference is unlikely to be chance."
        return f"{self.task}: {found}); a difference is not shown."


def pair_records(a: Record, b: Record) -> list[PairedMetric]:
    """Every metric that both records have, from their replicates alone.

    Raises:
        UsageError: the records do not share their draws (MB020); the message says what differs.
        SpecError: a replicates file is missing or altered.
    """
    _refuse_unpaired(a, b)
    replicates_a, replicates_b = a.replicates(), b.replicates()
    keys_b = {row["key"] for row in b.value["metrics"]}
    shared = [row["key"] for row in a.value["metrics"] if row["key"] in keys_b]
    rows = [_pair(a, b, key, replicates_a[key], replicates_b[key]) for key in shared]
    return [row for row in rows if row is not None]


def _refuse_unpaired(a: Record, b: Record) -> None:
    ours, theirs = a.value["cohort"], b.value["cohort"]
    draws = [
        [record.value["statistics"][key] for key in ("replicates", "seed", "level")] for record in (a, b)
    ]
    if ours["resample_key"] == theirs["resample_key"] and draws[0] == draws[1]:
        return
    if ours["counts"].get("test") != theirs["counts"].get("test"):
        what = f"test sets of {ours['counts']['test']} and {theirs['counts']['test']}"
    elif ours["synthetic"] != theirs["synthetic"]:
        what = "one was made on synthetic data"
    elif draws[0] != draws[1]:
        what = f"replicates, seed and level: {draws[0]} and {draws[1]}"
    else:
        what = "labels or groups of the test rows"
    message = f"{a.place[0]} cannot be paired; the records differ in: {what}"
    raise UsageError("MB020", message, where=f"{a.file}, {b.file}")


def _pair(
    a: Record, b: Record, key: str, replicates_a: NDArray[np.float64], replicates_b: NDArray[np.float64]
) -> PairedMetric | None:
    row_a, row_b = a.metric(key), b.metric(key)
    if row_a["value"] is None or row_b["value"] is None:
        return None
    test = stats.paired_bootstrap_test(
        replicates_a,
        replicates_b,
        row_a["value"],
        row_b["value"],
        groups=min(row_a["n_groups"], row_b["n_groups"]),
        scale=_scale(a, row_a),
        level=a.value["statistics"]["level"],
    )
    paper = stats.paired_t_replicates(replicates_a, replicates_b)
    interval = None if test.ci_low is None or test.ci_high is None else (test.ci_low, test.ci_high)
    return PairedMetric(
        task=a.place[0],
        protocol=a.place[1],
        metric=key,
        primary=key == a.value["task"]["primary"],
        a=row_a["value"],
        b=row_b["value"],
        difference=test.estimate,
        ci=interval,
        z=test.statistic,
        df=test.df,
        p=test.p_value,
        method=test.method,
        paper_t=paper.statistic,
        paper_p=paper.p_value,
        paper_z=paper.z,
        check=cross_check(a, b, row_a),
    )


def _scale(record: Record, row: Mapping[str, Any]) -> Literal["identity", "logit"]:
    if row["id"] not in ("roc_auc", "roc_auc_mean"):
        return "identity"
    of_same = [
        r for r in record.value["metrics"] if r["id"] == "roc_auc" and r["subgroup"] == row["subgroup"]
    ]
    rows = [row] if row["id"] == "roc_auc" else of_same
    fewest = min((min(r["n_pos"], r["n"] - r["n_pos"]) for r in rows), default=FEW_POSITIVES)
    return "logit" if fewest < FEW_POSITIVES else "identity"
