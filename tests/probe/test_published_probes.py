"""The published probes against PyTorch's Adam and scikit-learn's SGDClassifier; 8-bit activations."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.linear_model import SGDClassifier

from medbench.probe import TrainRows, fit_probe, quantise
from medbench.probe.adam import run_adam
from medbench.spec import AdamProbe, SgdProbe

ADAM = AdamProbe(False, learning_rate=1e-2, epochs=4, batch_size=16, weight_decay=1e-3, seed=7)
SGD = SgdProbe(False, alpha=0.001, max_iter=200, tol=1e-3, class_weight="balanced", seed=1)


def _rows(k: int, multilabel: bool = False, n: int = 90) -> TrainRows:
    rng = np.random.default_rng(0)
    Y = rng.integers(0, 2, (n, k)) if multilabel else rng.integers(0, k, n)
    X = rng.normal(size=(n, 5)) + (Y @ rng.normal(size=(k, 5)) if multilabel else rng.normal(size=(k, 5))[Y])
    return TrainRows(X, Y, np.arange(n), k)


@pytest.mark.parametrize(("k", "multilabel"), [(2, False), (4, False), (3, True)])
def test_adam_is_pytorchs(k: int, multilabel: bool) -> None:
    torch = pytest.importorskip("torch")
    rows, rng = _rows(k, multilabel), np.random.default_rng(1)
    weight, bias = rng.normal(size=(k, 5)), rng.normal(size=k)
    order = [rng.permutation(len(rows.X)) for _ in range(ADAM.epochs)]
    layer = torch.nn.Linear(5, k, dtype=torch.float64)
    layer.weight.data, layer.bias.data = torch.tensor(weight), torch.tensor(bias)
    optimiser = torch.optim.Adam(layer.parameters(), lr=ADAM.learning_rate, weight_decay=ADAM.weight_decay)
    loss = torch.nn.BCEWithLogitsLoss() if multilabel else torch.nn.CrossEntropyLoss()
    X = torch.tensor(rows.X)
    Y = torch.tensor(rows.Y, dtype=torch.float64 if multilabel else torch.int64)
    for epoch in order:
        for batch in torch.tensor(epoch).split(ADAM.batch_size):
            optimiser.zero_grad()
            loss(layer(X[batch]), Y[batch]).backward()
            optimiser.step()
    target = rows.Y.astype(float) if multilabel else np.eye(k)[rows.Y]
    found, offset, steps = run_adam(rows.X, target, weight, bias, order, ADAM, multilabel)
    np.testing.assert_allclose(found, layer.weight.detach().numpy(), atol=1e-9)
    np.testing.assert_allclose(offset, layer.bias.detach().numpy(), atol=1e-9)
    assert steps == 4 * 6


@pytest.mark.parametrize(("k", "multilabel"), [(2, False), (4, False), (3, True)])
def test_adam_learns_and_repeats(k: int, multilabel: bool) -> None:
    rows = _rows(k, multilabel)
    first, again, other = (fit_probe(rows, ADAM, seed).predict_proba(rows.X) for seed in (None, None, 8))
    assert np.array_equal(first, again) and not np.array_equal(first, other)
    assert first.shape == (90, k)
    assert multilabel or np.allclose(first.sum(axis=1), 1)
    right = (first > 0.5) == rows.Y if multilabel else first.argmax(axis=1) == rows.Y
    assert right.mean() > (0.6 if multilabel else 1 / k + 0.1)


@pytest.mark.parametrize("k", [2, 4])
def test_sgd_is_scikit_learns(k: int) -> None:
    rows = _rows(k)
    theirs = SGDClassifier(
        loss="log_loss", alpha=0.001, max_iter=200, tol=1e-3, class_weight="balanced", random_state=1
    ).fit(rows.X, rows.Y)
    ours = fit_probe(rows, SGD)
    np.testing.assert_allclose(ours.predict_proba(rows.X), theirs.predict_proba(rows.X), atol=1e-9)
    np.testing.assert_allclose(ours.predict_proba(rows.X).sum(axis=1), 1)
    assert ours.selection is None


def test_a_class_without_a_training_row_is_never_named() -> None:
    rows = TrainRows(_rows(2).X, _rows(2).Y, np.arange(90), 3)
    for settings in (SGD, ADAM):
        found = fit_probe(rows, settings).predict_proba(rows.X)
        assert found.shape == (90, 3) and np.isfinite(found).all()
    assert fit_probe(rows, SGD).predict_proba(rows.X)[:, 2].max() < 1e-6


@given(st.integers(0, 50))
def test_quantised_values_are_near_and_few(seed: int) -> None:
    rng = np.random.default_rng(seed)
    X = rng.normal(size=(400, 3)) * [1, 100, 1e-3] + [0, 5, 2]
    found = quantise(X, X)
    step = (X.max(axis=0) - X.min(axis=0)) / 255
    assert (np.abs(found - X) <= 1.01 * step).all()
    assert max(len(np.unique(column)) for column in found.T) <= 256


def test_outside_the_range_is_clipped_and_a_constant_column_stays() -> None:
    train = np.array([[0.0, 3.0], [255.0, 3.0]])
    found = quantise(np.array([[300.0, 3.0], [-9.0, 4.0], [17.2, 3.0]]), train)
    assert found.tolist() == [[255, 3], [0, 4], [17, 3]]
