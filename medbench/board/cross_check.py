"""A second test of a difference where both predictions are at hand: clustered DeLong, clustered McNemar."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from medbench import stats
from medbench.record import Record
from medbench.scoring import read_correct, read_probe

__all__ = ["cross_check"]


def cross_check(a: Record, b: Record, row: Mapping[str, Any]) -> dict[str, Any] | None:
    """Method, statistic and p, or ``None`` where predictions are missing or the metric has no such test."""
    files = [record.file.parent / "predictions.parquet" for record in (a, b)]
    if not all(file.is_file() for file in files) or row["subgroup"] or row["stratum"]:
        return None
    if row["id"] == "roc_auc":
        ours, theirs = map(read_probe, files)
        column = ours.classes.index(row["label"])
        y = ours.y[:, column] if ours.y.ndim == 2 else (ours.y == column).astype(np.int64)
        test = stats.delong_test(
            y, ours.probabilities[:, column], theirs.probabilities[:, column], ours.groups
        )
    elif row["id"] == "accuracy" and row["decoding"]:
        (correct_a, groups), (correct_b, _) = (read_correct(file, row["decoding"]) for file in files)
        test = stats.mcnemar_test(correct_a, correct_b, groups)
    else:
        return None
    return {"method": test.method, "statistic": test.statistic, "p": test.p_value}
