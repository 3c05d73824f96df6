"""Every probe metric is scikit-learn's, and every replicate is the metric under sample weights."""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable

import numpy as np
import pytest
from sklearn.metrics import (
    accuracy_score,
    average_precision_score,
    balanced_accuracy_score,
    cohen_kappa_score,
    f1_score,
    roc_auc_score,
)

from medbench.models import METRICS
from medbench.scoring import Measure, ProbePredictions, measure_probe, summarise

N = 120
RNG = np.random.default_rng(5)
MULTILABEL = tuple(name for name, card in METRICS.items() if card.multilabel)
SHAPES = {"binary": 2, "multiclass": 4, "multilabel": 3}


def _predictions(kind: str, groups: np.ndarray) -> ProbePredictions:
    k = SHAPES[kind]
    rng = np.random.default_rng(11)
    y = rng.integers(0, 2, (N, k)) if kind == "multilabel" else rng.integers(0, k, N)
    p = rng.random((N, k)) if kind == "multilabel" else rng.dirichlet(np.ones(k), N)
    p = np.round(0.9 * p + 0.1 * (y if y.ndim == 2 else np.eye(k)[y]), 2)  # rounded: ties are scored as well
    site = np.where(np.arange(N) % 3 == 0, "north", "south")
    return ProbePredictions(y, p, groups, tuple(f"class {i}" for i in range(k)), {"site": site})


def _auc(k: int) -> Callable[..., float]:
    def score(y, p, w=None):
        positive = y[:, k] if y.ndim == 2 else y == k
        return roc_auc_score(positive, p[:, k], sample_weight=w)

    return score


def _auc_mean(y, p, w=None):
    columns = [1] if p.shape[1] == 2 and y.ndim == 1 else range(p.shape[1])
    return np.mean([_auc(k)(y, p, w) for k in columns])


def _f1(average: str | None, k: int | None = None) -> Callable[..., float]:
    def score(y, p, w=None):
        labels = None if k is None else [k]
        return float(
            np.squeeze(f1_score(y, p.argmax(axis=1), average=average, labels=labels, sample_weight=w))
        )

    return score


def _accuracy(y, p, w=None):
    return accuracy_score(y, p.argmax(axis=1), sample_weight=w)


def _average_precision(k: int) -> Callable[..., float]:
    def score(y, p, w=None):
        positive = y[:, k] if y.ndim == 2 else y == k
        return average_precision_score(positive, p[:, k], sample_weight=w)

    return score


def _brier(y, p, w=None):
    errors = (p[:, 1] - y) ** 2 if p.shape[1] == 2 else ((p - np.eye(p.shape[1])[y]) ** 2).sum(axis=1)
    return np.average(errors, weights=w)


def _of_the_likeliest(metric: Callable[..., float], **options: str) -> Callable[..., float]:
    return lambda y, p, w=None: metric(y, p.argmax(axis=1), sample_weight=w, **options)


def _reference(measure: Measure) -> Callable[..., float]:
    k = int(measure.label.split()[1]) if measure.label else None
    named = {
        "roc_auc_mean": _auc_mean,
        "f1_macro": _f1("macro"),
        "f1_weighted": _f1("weighted"),
        "accuracy": _accuracy,
        "balanced_accuracy": _of_the_likeliest(balanced_accuracy_score),
        "quadratic_kappa": _of_the_likeliest(cohen_kappa_score, weights="quadratic"),
        "brier": _brier,
    }
    if measure.id in ("roc_auc", "average_precision"):
        return {"roc_auc": _auc, "average_precision": _average_precision}[measure.id](k)
    return _f1(None, k) if measure.id == "f1" else named[measure.id]


def _all_defined(y: np.ndarray, w: np.ndarray, k: int) -> bool:
    drawn = y[w > 0]
    if y.ndim == 2:
        return bool((drawn.any(axis=0) & ~drawn.all(axis=0)).all())
    return len(np.unique(drawn)) == k


@pytest.mark.parametrize("kind", SHAPES)
def test_values_and_replicates_are_scikit_learns(kind: str, groups, counts) -> None:
    predictions = _predictions(kind, groups)
    report = MULTILABEL if kind == "multilabel" else tuple(METRICS)
    measures = measure_probe(predictions, report, (), counts)
    y, p = predictions.y, predictions.probabilities
    assert {measure.id for measure in measures} == set(report)
    for measure in measures:
        score = _reference(measure)
        assert measure.value == pytest.approx(score(y, p), abs=1e-12), measure.key
        assert measure.n == N
        for replicate, weight in zip(measure.replicates, counts, strict=True):
            assert _all_defined(y, weight, SHAPES[kind])
            assert replicate == pytest.approx(score(y, p, weight), abs=1e-12), measure.key


def test_which_measures_there_are(groups, counts) -> None:
    keys = {kind: [m.key for m in measure_probe(_predictions(kind, groups), ("roc_auc", "f1"), (), counts)]
            for kind in ("binary", "multiclass")}  # fmt: skip
    assert keys["binary"] == ["roc_auc|label=class 1", "f1|label=class 0", "f1|label=class 1"]
    assert len(keys["multiclass"]) == 8


def test_positives_groups_and_chance(groups, counts) -> None:
    predictions = _predictions("multiclass", groups)
    found = {m.key: m for m in measure_probe(predictions, tuple(METRICS), (), counts)}
    y = predictions.y
    share = np.bincount(y, minlength=4) / N
    for k in range(4):
        auc, f1 = found[f"roc_auc|label=class {k}"], found[f"f1|label=class {k}"]
        holding = min(len(set(groups[y == k])), len(set(groups[y != k])))
        assert auc.n_pos == f1.n_pos == (y == k).sum()
        assert auc.n_groups == f1.n_groups == holding
        assert (auc.chance, f1.chance) == (0.5, pytest.approx(share[k]))
    assert found["roc_auc_mean"].n_groups == min(m.n_groups for m in found.values() if m.id == "roc_auc")
    assert found["f1_macro"].chance == pytest.approx(0.25)
    assert found["f1_weighted"].chance == found["accuracy"].chance == pytest.approx((share**2).sum())
    assert found["accuracy"].n_groups == len(set(groups))


@pytest.mark.parametrize("kind", SHAPES)
def test_a_subgroup_is_scored_alone_and_shares_the_draws(kind: str, groups, counts) -> None:
    predictions = _predictions(kind, groups)
    report = ("roc_auc", "roc_auc_mean")
    measures = measure_probe(predictions, report, ("site",), counts)
    assert {m.subgroup for m in measures} == {None, "site=north", "site=south"}
    for name in ("north", "south"):
        rows = predictions.subgroups["site"] == name
        alone = ProbePredictions(
            predictions.y[rows], predictions.probabilities[rows], groups[rows], predictions.classes
        )
        expected = measure_probe(alone, report, (), counts[:, rows])
        found = [m for m in measures if m.subgroup == f"site={name}"]
        assert [m.value for m in found] == [m.value for m in expected]
        assert all(
            np.array_equal(a.replicates, b.replicates, equal_nan=True)
            for a, b in zip(found, expected, strict=True)
        )
        assert found[0].n == rows.sum()
        assert found[0].key.endswith(f"|subgroup=site={name}")


@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_undefined_is_none_and_never_nan(kind: str, groups, counts) -> None:
    """The last class or label has no row; its own value and the means are undefined."""
    whole = _predictions(kind, groups)
    y = whole.y * np.array([1, 1, 0]) if kind == "multilabel" else whole.y % (SHAPES[kind] - 1)
    predictions = ProbePredictions(y, whole.probabilities, groups, whole.classes)
    report = MULTILABEL if kind == "multilabel" else tuple(METRICS)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        measures = measure_probe(predictions, report, (), counts)
        rows = summarise(measures, 0.95)
    json.dumps(rows, allow_nan=False)
    last = whole.classes[-1]
    for measure, row in zip(measures, rows, strict=True):
        undefined = measure.label == last or measure.id in (
            "roc_auc_mean",
            "f1_macro",
            "f1_weighted",
            "balanced_accuracy",
        )
        if kind != "binary" or measure.id.startswith("f1") or measure.id == "accuracy":
            assert (row["value"] is None) is undefined, row["key"]
        if row["value"] is None:
            assert (row["ci"], row["sd"], row["method"], row["undefined"]) == (None, None, "undefined", 25)


def test_too_few_cases_have_a_value_but_no_interval(groups, counts) -> None:
    """One positive group: a third of the replicates lack it."""
    y = (groups == groups[0]).astype(int)
    p = np.column_stack([1 - y, y]) * 0.5 + 0.25
    (row,) = summarise(
        measure_probe(ProbePredictions(y, p, groups, ("a", "b")), ("roc_auc",), (), counts), 0.95
    )
    assert row["undefined"] > 1
    assert (row["value"], row["ci"], row["sd"], row["method"]) == (1.0, None, None, "too few cases")
    assert row["n_groups"] == 1
