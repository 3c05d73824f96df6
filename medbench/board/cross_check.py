"""A second test of a difference where both predictions are at hand: clustered DeLong, clustered McNemar."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from medbench import stats
from medbench.record import Record
from medbench.scoring import ProbePredictions, read_correct, read_probe

__all__ = ["CrossCheck"]


class CrossCheck:
    """The second test of two records' metrics; their predictions are read once, when first asked for."""

    def __init__(self, a: Record, b: Record) -> None:
        self._files = [record.file.parent / "predictions.parquet" for record in (a, b)]

    def of(self, row: Mapping[str, Any]) -> dict[str, Any] | None:
        """Method, statistic and p for a row of ``metrics``.

        ``None`` where the metric has no such test, or predictions are missing, unreadable or of other rows.
        """
        if not all(file.is_file() for file in self._files) or row["subgroup"] or row["stratum"]:
            return None
        try:
            test = self._test(row)
        except (OSError, LookupError, ValueError, TypeError):
            return None
        if test is None:
            return None
        return {"method": test.method, "statistic": test.statistic, "p": test.p_value}

    def _test(self, row: Mapping[str, Any]) -> stats.TestResult | None:
        if row["id"] == "roc_auc":
            ours, theirs = self._probes
            if not (np.array_equal(ours.y, theirs.y) and np.array_equal(ours.groups, theirs.groups)):
                return None
            column = ours.classes.index(row["label"])
            y = ours.y[:, column] if ours.y.ndim == 2 else (ours.y == column).astype(np.int64)
            p, q = ours.probabilities[:, column], theirs.probabilities[:, column]
            return stats.delong_test(y, p, q, ours.groups)
        if row["id"] == "accuracy" and row["decoding"]:
            (ours_right, groups), (theirs_right, others) = self._correct(row["decoding"])
            return (
                stats.mcnemar_test(ours_right, theirs_right, groups)
                if np.array_equal(groups, others)
                else None
            )
        return None

    @cached_property
    def _probes(self) -> tuple[ProbePredictions, ProbePredictions]:
        a, b = map(read_probe, self._files)
        return a, b

    def _correct(self, decoding: str) -> list[Any]:
        return [read_correct(Path(file), decoding) for file in self._files]
