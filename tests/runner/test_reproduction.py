"""A record under published choices against published numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from medbench.runner.reproduction import reproduction
from medbench.scoring import Measure
from medbench.spec import Catalogue, load_reference


def _measure(metric: str, value: float | None, **where: Any) -> Measure:
    return Measure(metric, value, np.zeros(3), n=10, n_groups=10, **where)


def _rows(task: str) -> list[dict[str, Any]]:
    file = Catalogue().task(task).reference
    assert file is not None
    return load_reference(file)


def test_a_published_interval_decides() -> None:
    measures = [
        _measure("roc_auc", 0.889, label="severe"),
        _measure("roc_auc", 0.9381, label="proliferative"),
        _measure("roc_auc", 0.629, label="mild"),
        _measure("roc_auc", 0.629, label="mild", subgroup="source=aptos-2019"),
        _measure("roc_auc_mean", 0.823),
    ]
    rows = reproduction(_rows("T5"), "idefics-80b", "paper", measures, True) or []
    verdicts = {row["metric"]: row["verdict"] for row in rows}
    assert verdicts == {
        "roc_auc|label=severe": "inside",
        "roc_auc|label=proliferative": "outside",
        "roc_auc|label=mild": "inside",
        "roc_auc_mean": "inside",  # 0.803 without an interval, tolerance 0.02
    }


@pytest.mark.parametrize(("value", "verdict"), [(0.42, "inside"), (0.43, "outside"), (None, "no reference")])
def test_nejm_by_its_decoding(value: float | None, verdict: str) -> None:
    measures = [
        _measure("accuracy", value, decoding="greedy-1"),
        _measure("accuracy", 0.3, decoding="topk50-t1-x3"),
        _measure("any_of_k", 0.54, decoding="topk50-t1-x3"),
    ]
    rows = reproduction(_rows("NEJM"), "idefics-80b", "paper-as-run", measures, True) or []
    assert [(row["metric"], row["verdict"]) for row in rows] == [
        ("accuracy|decoding=greedy-1", verdict),
        ("any_of_k|decoding=topk50-t1-x3", "inside"),
    ]


def test_other_models_and_protocols_have_none() -> None:
    measures = [_measure("roc_auc_mean", 0.8)]
    assert reproduction(_rows("T5"), "image-stats", "paper", measures, True) == []
    assert reproduction(_rows("T5"), "idefics-80b", "standard", measures, True) is None


def test_no_target_and_no_deviating_record_is_judged() -> None:
    [row] = reproduction(_rows("T7"), "clip-vit-b-32", "paper", [_measure("roc_auc_mean", 0.78)], True) or []
    assert row["verdict"] == "no reference", "the paper's own number is near chance, a fault of its input"
    [row] = reproduction(_rows("T7"), "idefics-80b", "paper", [_measure("roc_auc_mean", 0.78)], False) or []
    assert row["verdict"] == "no reference"


def test_a_value_that_is_only_in_a_figure_has_no_reference() -> None:
    row = {"metric": "roc_auc", "label": "x", "decoding": None, "runs_as": "m", "value": None,
           "ci_low": None, "ci_high": None, "tolerance": 0.02, "where": "a figure"}  # fmt: skip
    [found] = reproduction([row], "m", "paper", [_measure("roc_auc", 0.8, label="x")], True) or []
    assert (found["verdict"], found["low"]) == ("no reference", None)
