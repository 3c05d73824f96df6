"""C is chosen inside train: by the one-standard-error rule, on folds that cut no group, blind to test."""

from __future__ import annotations

import inspect
import typing

import numpy as np
import pytest
from sklearn.metrics import log_loss as sk_log_loss

from medbench.errors import RunError
from medbench.probe import FittedProbe, Selection, TestRows, TrainRows, fit_logistic, fit_probe, select
from medbench.probe.select import _folds, log_loss, select_C
from medbench.spec import LbfgsProbe

GRID = (1e-4, 1e-2, 1.0)


def _protocol(C=GRID, folds: int = 5, standardise: bool = True) -> LbfgsProbe:
    return LbfgsProbe(standardise, C, folds, None, 1000, 1e-4)


def _train(n: int = 120, classes: int = 3, per_group: int = 3, seed: int = 0) -> TrainRows:
    rng = np.random.default_rng(seed)
    y = rng.integers(0, classes, n)
    X = rng.normal(size=(n, 6)) + np.eye(classes, 6)[y]
    return TrainRows(X, y, np.arange(n) // per_group, classes)


def _with_losses(monkeypatch: pytest.MonkeyPatch, losses: list[list[float]]) -> Selection:
    given = iter(losses)
    monkeypatch.setattr(select, "_fold_losses", lambda *_: next(given))
    return select_C(_train(), _protocol(folds=len(losses)))


def test_the_smallest_c_within_one_standard_error(monkeypatch: pytest.MonkeyPatch) -> None:
    """Means 0.58, 0.55, 0.50; the standard error of the best is 0.0816: 0.58 is within."""
    found = _with_losses(
        monkeypatch, [[0.58, 0.5, 0.3], [0.58, 0.6, 0.5], [0.58, 0.6, 0.5], [0.58, 0.5, 0.7]]
    )
    assert found.mean_log_loss == pytest.approx((0.58, 0.55, 0.5))
    assert found.standard_error[2] == pytest.approx(np.std([0.3, 0.5, 0.5, 0.7], ddof=1) / 2)
    assert (found.chosen, found.folds, found.at_edge) == (0, 4, True)


def test_outside_one_standard_error_the_next_c_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    found = _with_losses(
        monkeypatch, [[0.59, 0.5, 0.3], [0.59, 0.6, 0.5], [0.59, 0.6, 0.5], [0.59, 0.5, 0.7]]
    )
    assert (found.chosen, found.at_edge) == (1, False)


def test_without_spread_the_best_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    assert _with_losses(monkeypatch, [[0.6, 0.5, 0.4]] * 3).chosen == 2


@pytest.mark.parametrize(
    ("C", "chosen", "edge"), [(GRID, 0, True), (GRID, 1, False), (GRID, 2, True), ((1.0,), 0, False)]
)
def test_the_edge_of_the_grid(C, chosen: int, edge: bool) -> None:
    assert Selection(C, C, C, chosen, 5).at_edge is edge


@pytest.mark.parametrize("multilabel", [False, True])
def test_folds_cut_no_group_and_hold_every_row_once(multilabel: bool) -> None:
    train = _train()
    if multilabel:
        train = TrainRows(train.X, np.eye(3, dtype=int)[train.Y], train.groups, 3)
    folds = _folds(train, 5)
    assert len(folds) == 5
    assert sorted(np.concatenate([check for _, check in folds])) == list(range(120))
    for fit, check in folds:
        assert set(train.groups[fit]).isdisjoint(train.groups[check])
        assert len(fit) + len(check) == 120


def test_folds_are_stratified() -> None:
    y = np.repeat([0, 1], [100, 20])
    train = TrainRows(np.zeros((120, 1)), y, np.arange(120), 2)
    assert [int(y[check].sum()) for _, check in _folds(train, 5)] == [4] * 5


def test_standardisation_never_sees_the_held_out_fold(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[np.ndarray] = []
    real = select.fit_standardiser
    monkeypatch.setattr(select, "fit_standardiser", lambda X, active: seen.append(X) or real(X, active))
    train = _train()
    fit_probe(train, _protocol())
    expected = [train.X[fit] for fit, _ in _folds(train, 5)] + [train.X]
    assert [x.tolist() for x in seen] == [x.tolist() for x in expected]


def test_the_losses_are_those_of_a_loop_by_hand() -> None:
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    train, protocol = _train(), _protocol()
    losses = [
        [
            sk_log_loss(
                train.Y[check],
                make_pipeline(StandardScaler(), LogisticRegression(C=c, max_iter=1000))
                .fit(train.X[fit], train.Y[fit])
                .predict_proba(train.X[check]),
            )
            for c in GRID
        ]
        for fit, check in _folds(train, 5)
    ]
    assert select_C(train, protocol).mean_log_loss == pytest.approx(np.mean(losses, axis=0), abs=1e-5)


def test_refit_on_all_of_train_with_the_chosen_c() -> None:
    train, protocol = _train(), _protocol()
    fitted = fit_probe(train, protocol)
    X = (train.X - train.X.mean(axis=0)) / train.X.std(axis=0)
    expected = fit_logistic(X, train.Y, C=GRID[fitted.selection.chosen])
    assert fitted.probe.coef == pytest.approx(expected.coef, abs=1e-8)
    assert fitted.predict_proba(train.X) == pytest.approx(expected.predict_proba(X), abs=1e-8)


def test_twice_the_same() -> None:
    first, second = fit_probe(_train(), _protocol()), fit_probe(_train(), _protocol())
    assert first.selection == second.selection
    assert first.probe.coef.tolist() == second.probe.coef.tolist()


def test_without_standardisation_the_columns_stay() -> None:
    fitted = fit_probe(_train(), _protocol(standardise=False))
    assert (fitted.standardiser.mean.tolist(), fitted.standardiser.scale.tolist()) == ([0] * 6, [1] * 6)


def test_a_constant_column_does_not_blow_up() -> None:
    train = _train()
    X = np.column_stack([train.X, np.full(120, 1e6 / 3)]).astype(np.float32)
    fitted = fit_probe(TrainRows(X, train.Y, train.groups, 3), _protocol())
    assert fitted.standardiser.scale[-1] == 1
    assert np.isfinite(fitted.predict_proba(X)).all()


def test_a_class_of_one_row_is_absent_from_some_fold() -> None:
    train = _train()
    y = train.Y.copy()
    y[0] = 3
    fitted = fit_probe(TrainRows(train.X, y, train.groups, 5), _protocol())
    assert np.isfinite(fitted.selection.mean_log_loss).all()
    assert fitted.predict_proba(train.X).shape == (120, 5)


@pytest.mark.parametrize(
    ("labels", "groups"),
    [([0, 1, 0, 1], [0, 0, 0, 0]), ([0, 1, 2, 3], [0, 1, 2, 3])],
    ids=["group", "classes"],
)
def test_too_little_to_validate_on(labels: list[int], groups: list[int]) -> None:
    train = TrainRows(np.eye(4), np.array(labels), np.array(groups), 4)
    with pytest.raises(RunError) as caught:
        fit_probe(train, _protocol())
    assert caught.value.code == "MB805"


def test_fewer_groups_than_folds() -> None:
    assert select_C(_train(n=12, per_group=4), _protocol()).folds == 3


@pytest.mark.parametrize("function", [select_C, fit_probe])
def test_no_test_row_can_be_passed_in(function) -> None:
    hints = typing.get_type_hints(function)
    taken = {hints[name] for name in inspect.signature(function).parameters}
    assert TrainRows in taken and TestRows not in taken
    assert not any("TestRows" in str(kind) for kind in taken)
    assert not issubclass(TestRows, TrainRows) and not issubclass(TrainRows, TestRows)
    assert set(TestRows.__annotations__) == {"X"}, "test rows come without labels"
    assert hints["return"] in (Selection, FittedProbe)


def test_log_loss_is_scikit_learns() -> None:
    rng = np.random.default_rng(1)
    p = rng.dirichlet(np.ones(3), 50)
    y = rng.integers(0, 3, 50)
    assert log_loss(y, p) == pytest.approx(sk_log_loss(y, p))
    labels = rng.integers(0, 2, (50, 3))
    columns = [sk_log_loss(labels[:, k], np.column_stack([1 - p[:, k], p[:, k]])) for k in range(3)]
    assert log_loss(labels, p) == pytest.approx(np.mean(columns))
    assert np.isfinite(log_loss(np.array([0]), np.array([[0.0, 1.0]])))
