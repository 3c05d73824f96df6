from __future__ import annotations

import itertools
from collections import Counter

import numpy as np
import pytest
from sklearn.metrics import f1_score

from medbench.stats import (
    ROC_AUC_CHANCE,
    any_of_chance,
    choice_chance,
    f1,
    f1_chance,
    majority_of_chance,
    roc_auc,
)


def _wins(tries: tuple[int, ...]) -> bool:
    votes = Counter(tries)
    return all(votes[0] > count for option, count in votes.items() if option != 0) and votes[0] > 0


@pytest.mark.parametrize(("options", "tries"), [(2, 1), (2, 4), (3, 3), (4, 5), (5, 3), (5, 4), (1, 2)])
def test_equals_the_enumeration_of_every_outcome(options: int, tries: int) -> None:
    outcomes = list(itertools.product(range(options), repeat=tries))
    assert any_of_chance(options, tries) == pytest.approx(np.mean([0 in outcome for outcome in outcomes]))
    assert majority_of_chance(options, tries) == pytest.approx(
        np.mean([_wins(outcome) for outcome in outcomes])
    )


def test_closed_forms() -> None:
    assert round(any_of_chance(5, 3), 3) == 0.488
    assert majority_of_chance(5, 3) == pytest.approx(13 / 125)
    for chance in (any_of_chance, majority_of_chance):
        assert chance(5, 1) == pytest.approx(choice_chance(5))


def test_a_blind_guess_scores_the_chance_level() -> None:
    rng = np.random.default_rng(0)
    priors = np.array([0.6, 0.3, 0.1])
    y, guess = rng.choice(3, 200_000, p=priors), rng.choice(3, 200_000, p=priors)
    chance = f1_chance(np.bincount(y))
    np.testing.assert_allclose(f1(y, guess, average=None), chance, atol=0.01)
    assert f1_score(y, guess, average="macro") == pytest.approx(chance.mean(), abs=0.01)
    assert chance.mean() == pytest.approx(1 / 3)
    assert roc_auc(y == 2, rng.random(y.size)) == pytest.approx(ROC_AUC_CHANCE, abs=0.01)


@pytest.mark.parametrize("counts", [[0, 0], [-1, 2], [[1, 2]], [np.nan, 1]])
def test_what_is_no_class_count_is_refused(counts: object) -> None:
    with pytest.raises(ValueError):
        f1_chance(counts)


def test_nothing_to_choose_from_is_refused() -> None:
    for call in (lambda: choice_chance(0), lambda: any_of_chance(5, 0), lambda: majority_of_chance(0, 3)):
        with pytest.raises(ValueError):
            call()
