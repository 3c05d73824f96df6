"""The sampler draws from the softmax, and a row's draws are its own."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import chisquare, kstest

from medbench.models import Sampling
from medbench.torchkit.row_sampler import RowSampler, gumbel_noise, strongest

PINNED = (2.8850203336334075, 1.0120580066182079, -0.812240801967224, -0.6819329662595971)
LOGITS = np.array([2.0, -1.0, 0.5, 2.0, 0.0, -3.0, 1.0, -0.5], dtype=np.float32)


def _draws(seeds, sampling, logits=LOGITS, step=0):
    sampler = RowSampler(np.asarray(seeds, dtype=np.uint64), sampling, prompt_length=5)
    ids = torch.zeros(len(seeds), 5 + step, dtype=torch.long)
    scores = sampler(ids, torch.tensor(np.tile(logits, (len(seeds), 1))))
    assert torch.isfinite(scores).sum(dim=1).tolist() == [1] * len(seeds)
    return scores.argmax(dim=1).numpy()


@pytest.mark.parametrize("varied", ["seed", "step"])
@pytest.mark.parametrize(("temperature", "top_k"), [(1.0, 5), (0.7, 8), (1.5, 50)])
def test_draws_follow_the_softmax_of_the_kept_tokens(varied, temperature, top_k):
    sampling, n = Sampling(1, temperature, top_k), 6000
    if varied == "seed":
        drawn = _draws(np.arange(n), sampling)
    else:
        drawn = np.concatenate([_draws([7], sampling, step=step) for step in range(n)])
    kept = np.argsort(-LOGITS, kind="stable")[:top_k]
    weights = np.exp(LOGITS[kept].astype(float) / temperature)
    counts = np.array([(drawn == token).sum() for token in kept])
    assert counts.sum() == n
    assert chisquare(counts, n * weights / weights.sum()).pvalue > 1e-3


def test_noise_is_standard_gumbel_finite_and_a_function_of_seed_step_and_token():
    noise = gumbel_noise(3, 4, 20_000)
    assert kstest(noise, "gumbel_r").pvalue > 1e-3 and np.isfinite(noise).all()
    np.testing.assert_array_equal(noise[:100], gumbel_noise(3, 4, 100))
    others = [gumbel_noise(*other, 100) for other in ((3, 5), (4, 4), (4, 3), (2**64 - 1, 4))]
    assert all(abs(np.corrcoef(noise[:100], other)[0, 1]) < 0.4 for other in others)
    # Pinned: stored replies depend on these numbers.
    np.testing.assert_allclose(gumbel_noise(1, 2, 4), PINNED, atol=1e-12)


def test_neither_batch_nor_order_nor_padding_changes_a_draw():
    seeds, sampling = [5, 11, 2**64 - 1], Sampling(1, 1.0, 4)
    together = _draws(seeds, sampling)
    assert _draws(seeds[::-1], sampling)[::-1].tolist() == together.tolist()
    assert [_draws([seed], sampling)[0] for seed in seeds] == together.tolist()
    longer = RowSampler(np.array([5], np.uint64), sampling, prompt_length=90)
    scores = longer(torch.zeros(1, 90, dtype=torch.long), torch.tensor(LOGITS)[None])
    assert int(scores.argmax()) == together[0]


def test_top_k_of_one_is_argmax_also_among_ties():
    assert set(_draws(np.arange(200), Sampling(1, 1.0, 1)).tolist()) == {int(LOGITS.argmax())}


def test_a_banned_token_is_never_drawn():
    banned = LOGITS.copy()
    banned[[0, 3]] = -np.inf
    assert not {0, 3} & set(_draws(np.arange(500), Sampling(1, 1.0, 50), banned).tolist())


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=20), st.integers(1, 25))
def test_strongest_is_a_stable_sort(values, top_k):
    logits = np.array(values, dtype=np.float32)
    expected = np.sort(np.argsort(-logits, kind="stable")[:top_k])
    assert strongest(logits, top_k).tolist() == expected.tolist()


@pytest.mark.parametrize("sampling", [Sampling(1, 0.0, 5), Sampling(1, 1.0, 0), Sampling(1, float("nan"), 5)])
def test_impossible_settings_are_refused(sampling):
    with pytest.raises(ValueError, match="temperature > 0"):
        RowSampler(np.zeros(1, np.uint64), sampling, 0)
