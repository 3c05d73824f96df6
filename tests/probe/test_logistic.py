"""``fit_logistic`` is scikit-learn's objective, and stays finite where a class or a label lacks."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from medbench.probe import fit_logistic

RNG = np.random.default_rng(7)
X = RNG.normal(size=(90, 5))
NOISY = X @ RNG.normal(size=(5, 4)) + RNG.normal(size=(90, 4))
BINARY = (NOISY[:, 0] > 0.4).astype(int)
CLASSES = NOISY.argmax(axis=1)
LABELS = (NOISY > [0, 0.5, -0.5, 1]).astype(int)
TIGHT = {"tol": 1e-8, "max_iter": 5000}


@pytest.mark.parametrize("class_weight", [None, "balanced"])
@pytest.mark.parametrize("y", [BINARY, CLASSES], ids=["binary", "multinomial"])
@pytest.mark.parametrize("C", [1e-3, 1.0, 10.0])
def test_equals_scikit_learn(y, C: float, class_weight) -> None:
    probe = fit_logistic(X, y, C=C, class_weight=class_weight, **TIGHT)
    theirs = LogisticRegression(C=C, class_weight=class_weight, **TIGHT).fit(X, y)
    assert probe.coef == pytest.approx(theirs.coef_, abs=1e-6)
    assert probe.intercept == pytest.approx(theirs.intercept_, abs=1e-6)
    assert probe.decision_function(X) == pytest.approx(theirs.decision_function(X), abs=1e-6)
    assert probe.predict_proba(X) == pytest.approx(theirs.predict_proba(X), abs=1e-6)


def test_no_gradient_is_left_of_the_stated_objective() -> None:
    """Sum of losses times C plus half the squared norm, the intercept free."""
    C = 0.3
    probe = fit_logistic(X, CLASSES, C=C, **TIGHT)
    residual = probe.predict_proba(X) - np.eye(4)[CLASSES]
    assert C * residual.T @ X + probe.coef == pytest.approx(np.zeros((4, 5)), abs=1e-4)
    assert residual.sum(axis=0) == pytest.approx(np.zeros(4), abs=1e-4)


@pytest.mark.parametrize("class_weight", [None, "balanced"])
def test_multilabel_is_one_binary_regression_a_label(class_weight) -> None:
    probe = fit_logistic(X, LABELS, C=0.1, class_weight=class_weight, **TIGHT)
    for k in range(4):
        theirs = LogisticRegression(C=0.1, class_weight=class_weight, **TIGHT).fit(X, LABELS[:, k])
        assert probe.predict_proba(X)[:, k] == pytest.approx(theirs.predict_proba(X)[:, 1], abs=1e-6)
    assert (probe.multilabel, probe.coef.shape, probe.n_iter.shape) == (True, (4, 5), (4,))


@pytest.mark.parametrize(
    "grid", [[0.01, 1.0], (0.01, 1.0), np.array([0.01, 1.0])], ids=["list", "tuple", "array"]
)
def test_a_sequence_of_c_gives_one_probe_each(grid) -> None:
    probes = fit_logistic(X, BINARY, C=grid)
    alone = [fit_logistic(X, BINARY, C=c) for c in (0.01, 1.0)]
    assert [p.coef.tolist() for p in probes] == [p.coef.tolist() for p in alone]
    assert fit_logistic(X, BINARY, C=np.float64(1.0)).coef.tolist() == alone[1].coef.tolist()


@pytest.mark.parametrize("absent", [0, 2, 4])
def test_a_class_that_train_lacks_gets_no_probability(absent: int) -> None:
    y = np.delete(np.arange(5), absent)[CLASSES]
    probe = fit_logistic(X, y, n_classes=5)
    p = probe.predict_proba(X)
    assert p.shape == (90, 5)
    assert (p[:, absent] == 0).all() and np.isfinite(p).all()
    assert p.sum(axis=1) == pytest.approx(np.ones(90))
    assert np.delete(p, absent, axis=1) == pytest.approx(
        LogisticRegression().fit(X, y).predict_proba(X), abs=1e-6
    )


def test_two_of_five_classes() -> None:
    p = fit_logistic(X, np.where(BINARY == 1, 3, 1), n_classes=5).predict_proba(X)
    assert p[:, [1, 3]] == pytest.approx(LogisticRegression().fit(X, BINARY).predict_proba(X), abs=1e-6)
    assert (p[:, [0, 2, 4]] == 0).all()


@pytest.mark.parametrize(("n_classes", "only"), [(2, 0), (2, 1), (3, 1)])
def test_one_class_only(n_classes: int, only: int) -> None:
    p = fit_logistic(X, np.full(90, only), n_classes=n_classes).predict_proba(X)
    assert p.tolist() == np.eye(n_classes)[np.full(90, only)].tolist()


def test_a_constant_label_is_as_sure_as_the_others_are_not() -> None:
    y = np.column_stack([np.zeros(90, int), BINARY, np.ones(90, int)])
    probe = fit_logistic(X, y)
    p = probe.predict_proba(X)
    assert np.isfinite(p).all() and np.isfinite(probe.coef).all()
    assert ((p[:, 0] == 0).all(), (p[:, 2] == 1).all()) == (True, True)
    assert p[:, 1] == pytest.approx(LogisticRegression().fit(X, BINARY).predict_proba(X)[:, 1], abs=1e-6)


def test_one_label_is_still_a_multilabel_task() -> None:
    assert fit_logistic(X, BINARY[:, None]).predict_proba(X).shape == (90, 1)


def test_a_fit_that_stops_early_says_so_in_its_iterations(recwarn: pytest.WarningsRecorder) -> None:
    assert fit_logistic(X * 100, CLASSES, max_iter=2).n_iter.max() == 2
    assert not [warning for warning in recwarn if warning.category is ConvergenceWarning]


@pytest.mark.parametrize(("x", "y"), [(X, BINARY[:-1]), (X[0], BINARY)])
def test_shapes_that_do_not_fit(x, y) -> None:
    with pytest.raises(ValueError, match="do not fit"):
        fit_logistic(x, y)


def test_an_unknown_solver() -> None:
    with pytest.raises(ValueError, match="unknown solver"):
        fit_logistic(X, BINARY, solver="sag")
