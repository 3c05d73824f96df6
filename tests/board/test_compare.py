"""Comparing two models from records alone: what pairs, what is refused, and what the numbers are."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import false_discovery_control, ttest_rel
from scipy.stats import t as student

from medbench import stats
from medbench.board import compare
from medbench.errors import SpecError, UsageError
from medbench.record import Record

Make = Callable[..., Record]
ROW = {"key": "roc_auc|label=x", "id": "roc_auc", "label": "x"}


def _pair(make: Make, **said: Any):
    a = make("a", model="model-a", value=0.82, **said)
    b = make("b", model="model-b", value=0.8, **said)
    return a, b, compare(a.file, b.file)


def test_the_papers_t_is_scipys_and_root_b_times_z(make: Make) -> None:
    a, b, comparison = _pair(make)
    [row] = comparison.rows
    expected = ttest_rel(a.replicates()["roc_auc"], b.replicates()["roc_auc"])
    assert (row.paper_t, row.paper_p) == pytest.approx((expected.statistic, expected.pvalue))
    assert row.paper_t == pytest.approx(math.sqrt(1000) * row.paper_z)


def test_the_ranking_test(make: Make) -> None:
    a, b, comparison = _pair(make, groups=37)
    [row] = comparison.rows
    differences = a.replicates()["roc_auc"] - b.replicates()["roc_auc"]
    z = 0.02 / differences.std(ddof=1)
    assert row.z == pytest.approx(z)
    assert (row.df, row.p) == (36, pytest.approx(2 * student.sf(z, 36)))
    assert row.difference == pytest.approx(0.02)
    assert row.ci == pytest.approx(tuple(np.quantile(differences, [0.025, 0.975])), abs=1e-4)
    assert row.check is None, "no predictions are needed"


def test_the_order_turns_the_sign(make: Make) -> None:
    a, b, forward = _pair(make)
    back = compare(b.file, a.file)
    assert (back.rows[0].difference, back.rows[0].z) == pytest.approx(
        (-forward.rows[0].difference, -forward.rows[0].z)
    )
    assert back.rows[0].p == pytest.approx(forward.rows[0].p)


def test_holm_over_the_primary_metrics_alone(make: Make) -> None:
    for task, value in (("T3", 0.805), ("T4", 0.803), ("T6", 0.81)):
        for folder, v in (("a", value), ("b", 0.8)):
            make(folder, model=f"model-{folder}", task=task, value=v, extra=(ROW,) if task != "T6" else ())
    comparison = compare(_folder(make, "a"), _folder(make, "b"))
    primary = [row for row in comparison.rows if row.primary]
    assert [row.task for row in primary] == ["T3", "T4", "T6"]
    assert [row.p_holm for row in primary] == pytest.approx(list(stats.holm([row.p for row in primary])))
    others = [row for row in comparison.rows if not row.primary]
    assert len(others) == 2 and all(row.p is not None and row.p_holm is None for row in others)


def _folder(make: Make, name: str) -> Path:
    """The folder of the records that ``make(name, ...)`` writes."""
    return make("unused").file.parents[3] / name


@pytest.mark.parametrize(("positives", "logit"), [(29, True), (30, False), (471, True), (470, False)])
def test_few_positives_or_negatives_are_tested_on_the_logit_scale(
    positives: int, logit: bool, make: Make
) -> None:
    a, b, comparison = _pair(make, positives=positives)
    [row] = comparison.rows
    assert ("logit scale" in row.method) is logit
    if logit:
        x, y = (np.log(r / (1 - r)) for r in (a.replicates()["roc_auc"], b.replicates()["roc_auc"]))
        ends = np.log(0.82 / 0.18) - np.log(0.8 / 0.2)
        assert row.z == pytest.approx(ends / (x - y).std(ddof=1))
    assert row.difference == pytest.approx(0.02), "shown on the metric's own scale"


def test_a_mean_is_as_fragile_as_its_rarest_class(make: Make) -> None:
    rare = {"key": "f1|label=x", "id": "f1", "label": "x", "n_pos": 7}
    *_, comparison = _pair(make, task="T3", extra=(rare,))
    assert "logit scale" in comparison.rows[0].method
    assert "logit scale" not in comparison.rows[1].method, "of an AUC only"


def test_too_few_defined_replicates(make: Make) -> None:
    *_, comparison = _pair(make, undefined=60)
    [row] = comparison.rows
    assert (row.p, row.ci, row.p_holm) == (None, None, None)
    assert row.sentence("A", "B") == "T4: too few cases to compare A and B."


def test_an_undefined_score_is_left_out(make: Make) -> None:
    a = make("a", model="model-a", value=None, undefined=1000, extra=({**ROW, "value": 0.7},))
    b = make("b", model="model-b", extra=(ROW,))
    assert [row.metric for row in compare(a.file, b.file).rows] == ["roc_auc|label=x"]


def test_sentences(make: Make) -> None:
    *_, comparison = _pair(make)
    row = replace(comparison.rows[0], ci=(0.0101, 0.0299), p=0.001, p_adjusted=None)
    said = (
        "T4: A scores 0.020 higher than B (95 % CI 0.010 to 0.030; p = 0.001, 59 degrees of freedom); "
        "the difference is unlikely to be chance."
    )
    assert row.sentence("A", "B") == said
    turned = replace(row, difference=-0.02, ci=(-0.0299, -0.0101))
    assert turned.sentence("B", "A") == said
    adjusted = replace(row, p=0.9, p_adjusted=0.001, correction="bh").sentence("A", "B")
    assert "p = 0.001 after Benjamini-Hochberg, 59" in adjusted and "unlikely" in adjusted
    disagree = replace(row, p=0.06).sentence("A", "B")
    assert disagree.endswith("is not shown. Interval and p-value disagree; the p-value decides.")
    not_shown = replace(row, p=0.2, df=None, ci=(-0.01, 0.05), level=0.9).sentence("A", "B")
    assert (
        not_shown
        == "T4: A scores 0.020 higher than B (90 % CI -0.010 to 0.050; p = 0.200); a difference is not shown."
    )
    edge = replace(turned, ci=(-0.03, 0.0), p=0.06).sentence("B", "A")
    assert "CI 0.000 to 0.030" in edge
    same = replace(row, difference=0.0, ci=(0.0, 0.0), p=1.0).sentence("A", "B")
    assert same == "T4: A and B score the same; a difference is not shown."


def test_corrections_margins_and_what_could_have_been_seen(make: Make) -> None:
    for task, value in (("T3", 0.805), ("T4", 0.803), ("T6", 0.81)):
        for folder, v in (("a", value), ("b", 0.8)):
            make(folder, model=f"model-{folder}", task=task, value=v)
    found = compare(_folder(make, "a"), _folder(make, "b"), correction="bh", margin=0.02)
    p = [row.p for row in found.rows if row.p is not None]
    assert len(p) == 3
    assert [row.p_adjusted for row in found.rows] == pytest.approx(list(false_discovery_control(p)))
    assert [row.p_holm for row in found.rows] == pytest.approx(list(stats.holm(p)))
    for row in found.rows:
        assert row.se is not None and row.df is not None
        low, high = (student.sf((0.02 + side * row.difference) / row.se, row.df) for side in (1, -1))
        assert (row.p_non_inferior, row.p_equivalent) == pytest.approx((low, max(low, high)))
        reach = student.ppf(0.975, row.df) + student.ppf(0.8, row.df)
        assert row.detectable_difference == pytest.approx(reach * row.se)
    wrongs: list[dict[str, Any]] = [{"correction": "bonferroni"}, {"margin": 0.0}, {"margin": math.nan}]
    for wrong in wrongs:
        with pytest.raises(ValueError):
            compare(_folder(make, "a"), _folder(make, "b"), **wrong)


def test_a_record_with_itself(make: Make) -> None:
    record = make()
    comparison = compare(record.file, record.file)
    [row] = comparison.rows
    assert (row.difference, row.p, row.paper_p) == (0, 1.0, 1.0)
    assert (comparison.model_a, comparison.model_b) == ("model-a (A)", "model-a (B)")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"key": "x"}, "labels or groups of the test rows"),
        ({"test_rows": 20, "key": "x"}, "test sets of 500 rows in 60 groups and of 20 rows in 60 groups"),
        ({"synthetic": True, "test_rows": 20}, "one was made on synthetic data, the other on real data"),
        ({"seed": 1}, "seed of the resampling, 20231221 and 1"),
        ({"level": 0.9}, "level of the resampling, 0.95 and 0.9"),
    ],
)
def test_what_does_not_pair_is_refused_and_says_why(change: dict[str, Any], said: str, make: Make) -> None:
    a, b = make("a", model="model-a"), make("b", model="model-b", **change)
    with pytest.raises(UsageError) as caught:
        compare(a.file, b.file)
    assert caught.value.code == "MB020"
    assert caught.value.message == f"T4 cannot be paired; the records differ in: {said}"
    assert str(a.file) in caught.value.where and str(b.file) in caught.value.where


def test_several_models_in_a_folder(make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make("a", model="model-a"), make("a", model="model-b")
    monkeypatch.chdir(tmp_path / "a")
    for folder in (tmp_path / "a", "."):
        with pytest.raises(UsageError, match="holds 2 models: model-a, model-b") as caught:
            compare(folder, folder)
        assert caught.value.code == "MB019"


def test_two_records_of_a_task_in_a_folder(make: Make, tmp_path: Path) -> None:
    make("a"), make("a", created="2024-02-02T00:00:00Z")
    with pytest.raises(UsageError, match="holds two records of T4 standard") as caught:
        compare(tmp_path / "a", tmp_path / "a")
    assert caught.value.code == "MB019"


def test_a_copy_of_a_record_is_the_same_record(make: Make, tmp_path: Path) -> None:
    record = make("a")
    copied = tmp_path / "a" / "copy" / "record.json"
    copied.parent.mkdir()
    copied.write_bytes(record.file.read_bytes())
    assert len(compare(tmp_path / "a", tmp_path / "a").rows) == 1


def test_nothing_in_common(make: Make, tmp_path: Path) -> None:
    make("a", task="T3"), make("b", task="T4"), make("c", task="T3", protocol="paper")
    for other in ("b", "c"):
        with pytest.raises(UsageError) as caught:
            compare(tmp_path / "a", tmp_path / other)
        assert caught.value.code == "MB021"
    with pytest.raises(SpecError):
        compare(tmp_path / "a", tmp_path / "nowhere")


def test_what_only_one_has_is_listed(make: Make, tmp_path: Path) -> None:
    make("a", task="T3"), make("a", task="T4"), make("b", task="T4"), make("b", task="T6")
    comparison = compare(tmp_path / "a", tmp_path / "b")
    assert (comparison.only_a, comparison.only_b) == (("T3",), ("T6",))
    printed = comparison.as_dict()
    assert [row["task"] for row in printed["metrics"]] == ["T4"]
