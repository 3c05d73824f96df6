"""Choice metrics against direct counts, per decoding and per stratum."""

from __future__ import annotations

import itertools
import json
import warnings

import numpy as np
import pytest
from scipy.stats import binom

from medbench import stats
from medbench.scoring import ChoicePredictions, DecodingOutcome, Measure, measure_choice, summarise
from medbench.spec import Strata

N = 120
REPORT = ("accuracy", "try_accuracy_mean", "any_of_k", "majority_of_k", "try_agreement")
LEFT = Strata("reader_share", (0, 20, 40, 60, 80, 100), "left")
RIGHT = Strata("reader_share", (0, 20, 40, 60, 80, 100), "right")


def _outcome(options) -> DecodingOutcome:
    options = np.asarray(options)
    status = np.where(options < 0, "unparsed", "answered")
    return DecodingOutcome(options, status, np.full(options.shape, "letter"), np.ones(options.shape, int))


def _predictions(groups, stratum=None, **decodings) -> ChoicePredictions:
    n = len(groups)
    answers = np.random.default_rng(2).integers(0, 5, n)
    return ChoicePredictions(answers, np.full(n, 5), groups, stratum, decodings)


@pytest.fixture(scope="session")
def asked(groups) -> ChoicePredictions:
    rng = np.random.default_rng(4)
    share = rng.choice([0, 5, 20, 39, 40, 60, 79.5, 80, 99, 100, np.nan], N).astype(float)
    return _predictions(
        groups, share, one=_outcome(rng.integers(-1, 5, (N, 1))), three=_outcome(rng.integers(-1, 5, (N, 3)))
    )


def _by_key(measures: list[Measure]) -> dict[str, Measure]:
    assert len({measure.key for measure in measures}) == len(measures)
    return {measure.key: measure for measure in measures}


def _majority(tries: np.ndarray) -> int:
    votes = [(tries == option).sum() for option in range(5)]
    best = max(votes)
    return votes.index(best) if best and votes.count(best) == 1 else -1


def _direct(asked: ChoicePredictions) -> dict[str, np.ndarray]:
    one, three, answer = asked.decodings["one"].options, asked.decodings["three"].options, asked.answers
    right = three == answer[:, None]
    pairs = list(itertools.combinations(range(3), 2))
    return {
        "accuracy|decoding=one": (one[:, 0] == answer).astype(float),
        "try_accuracy_mean|decoding=three": right.mean(axis=1),
        "any_of_k|decoding=three": right.any(axis=1).astype(float),
        "majority_of_k|decoding=three": np.array([_majority(t) for t in three]) == answer,
        "try_agreement|decoding=three": np.array(
            [np.mean([t[i] == t[j] and t[i] >= 0 for i, j in pairs]) for t in three]
        ),
    }


def test_each_metric_and_its_replicates(asked: ChoicePredictions, counts) -> None:
    found = _by_key(measure_choice(asked, REPORT, None, counts))
    expected = _direct(asked)
    assert list(found) == list(expected)
    for key, outcome in expected.items():
        assert found[key].value == pytest.approx(outcome.mean())
        loop = [np.average(outcome, weights=weight) for weight in counts]
        assert found[key].replicates == pytest.approx(loop)
        assert (found[key].n, found[key].n_groups) == (N, len(set(asked.groups)))


def test_only_what_is_reported(asked: ChoicePredictions, counts) -> None:
    keys = list(_by_key(measure_choice(asked, ("accuracy", "any_of_k"), None, counts)))
    assert keys == ["accuracy|decoding=one", "any_of_k|decoding=three"]


@pytest.mark.parametrize(
    ("tries", "winner"),
    [
        ([1, 1, 2], 1),
        ([2, 1, 1], 1),
        ([0, 1, 2], -1),
        ([-1, -1, 3], 3),
        ([-1, 3, 1], -1),
        ([-1, -1, -1], -1),
        ([1, 1, 2, 2], -1),
        ([1, 1, 2, 2, 2], 2),
    ],
)
def test_majority_and_its_ties(tries: list[int], winner: int, counts) -> None:
    """A tie is wrong even where the right option is in it; a try without an answer casts no vote."""
    right = ChoicePredictions(
        np.array([winner if winner >= 0 else max(*tries, 0)]),
        np.array([5]),
        np.array([0]),
        None,
        {"d": _outcome([tries])},
    )
    (measure,) = measure_choice(right, ("majority_of_k",), None, counts[:, :1])
    assert measure.value == float(winner >= 0)


def test_any_of_k_is_the_binomial_for_guesses() -> None:
    rng, n = np.random.default_rng(6), 40_000
    predictions = _predictions(np.arange(n), d=_outcome(rng.integers(0, 5, (n, 3))))
    found = _by_key(measure_choice(predictions, REPORT, None, np.ones((1, n), np.uint16)))
    any_of = found["any_of_k|decoding=d"]
    assert any_of.chance == pytest.approx(binom.sf(0, 3, 0.2)) == pytest.approx(0.488)
    for measure in found.values():
        assert measure.value == pytest.approx(measure.chance, abs=0.012), measure.key


def test_chance_is_the_mean_over_cases_with_other_numbers_of_options(counts) -> None:
    groups = np.arange(4)
    predictions = ChoicePredictions(
        np.zeros(4, int), np.array([2, 2, 4, 5]), groups, np.array([10.0, 30, 30, 30]),
        {"one": _outcome([[0]] * 4), "two": _outcome([[0, 1]] * 4)},
    )  # fmt: skip
    found = _by_key(measure_choice(predictions, REPORT, LEFT, counts[:, :4]))
    assert found["accuracy|decoding=one"].chance == pytest.approx(np.mean([1 / 2, 1 / 2, 1 / 4, 1 / 5]))
    expected = np.mean([1 - (1 - 1 / k) ** 2 for k in (2, 2, 4, 5)])
    assert found["any_of_k|decoding=two"].chance == pytest.approx(expected)
    stratum = found["accuracy|decoding=one|stratum=20-40"]
    assert stratum.chance == pytest.approx(np.mean([1 / 2, 1 / 4, 1 / 5]))


def _inside(share: float, low: int, high: int, closed: str) -> bool:
    if closed == "left":
        return low <= share < high or (high == 100 and share == 100)
    return low < share <= high or (low == 0 and share == 0)


@pytest.mark.parametrize("strata", [LEFT, RIGHT], ids=["left", "right"])
def test_strata_against_a_direct_count(strata: Strata, asked: ChoicePredictions, counts) -> None:
    found = _by_key(measure_choice(asked, REPORT, strata, counts))
    for decoding, key in (("one", "accuracy"), ("three", "try_accuracy_mean")):
        outcome = _direct(asked)[f"{key}|decoding={decoding}"]
        for low in (0, 20, 40, 60, 80):
            rows = np.array([_inside(s, low, low + 20, strata.closed) for s in asked.stratum])
            measure = found[f"{key}|decoding={decoding}|stratum={low}-{low + 20}"]
            assert measure.n == rows.sum() > 0
            assert measure.value == pytest.approx(outcome[rows].mean())
            assert measure.replicates == pytest.approx(
                [np.average(outcome[rows], weights=w[rows]) for w in counts]
            )
    known = sum(m.n for m in found.values() if m.stratum and m.decoding == "one")
    assert known == (~np.isnan(asked.stratum)).sum() < N


@pytest.mark.parametrize("strata", [LEFT, RIGHT], ids=["left", "right"])
def test_both_ends_belong_to_a_stratum_and_what_lies_outside_to_none(strata: Strata, counts) -> None:
    share = np.array([0, 100, -1, 101, np.nan, 20])
    predictions = _predictions(np.arange(6), share, d=_outcome(np.zeros((6, 1), int)))
    n = {m.stratum: m.n for m in measure_choice(predictions, REPORT, strata, counts[:, :6])}
    first, second = (1, 1) if strata.closed == "left" else (2, 0)
    assert n == {None: 6, "0-20": first, "20-40": second, "40-60": 0, "60-80": 0, "80-100": 1}


def test_wilson_where_cases_are_right_or_wrong(asked: ChoicePredictions, counts) -> None:
    rows = {row["key"]: row for row in summarise(measure_choice(asked, REPORT, LEFT, counts), 0.95)}
    row = rows["accuracy|decoding=one|stratum=20-40"]
    interval = stats.wilson_interval(row["n_pos"], row["n"], 0.95)
    assert (row["method"], row["ci"]) == ("wilson", pytest.approx([interval.low, interval.high]))
    assert rows["accuracy|decoding=one"]["method"] == "bootstrap-percentile"
    shares = rows["try_accuracy_mean|decoding=three|stratum=20-40"]
    assert (shares["method"], shares["n_pos"]) == ("bootstrap-percentile", None)


def test_the_method_does_not_hang_on_the_values(counts) -> None:
    """Shares of tries stay shares where, by luck, all tries of every case agree."""
    predictions = _predictions(
        np.arange(8), np.full(8, 10.0), d=_outcome(np.repeat([[0], [1]] * 4, 3, axis=1))
    )
    rows = summarise(measure_choice(predictions, ("try_accuracy_mean",), LEFT, counts[:, :8]), 0.95)
    assert {row["method"] for row in rows if row["n"]} == {"bootstrap-percentile"}
    assert {row["n_pos"] for row in rows} == {None}


def test_an_empty_stratum(counts) -> None:
    predictions = _predictions(np.arange(5), np.full(5, 50.0), d=_outcome(np.zeros((5, 1), int)))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = summarise(measure_choice(predictions, REPORT, LEFT, counts[:, :5]), 0.95)
    json.dumps(rows, allow_nan=False)
    empty = next(row for row in rows if row["stratum"] == "0-20")
    assert [empty[k] for k in ("n", "n_groups", "n_pos")] == [0, 0, 0]
    assert [empty[k] for k in ("value", "sd", "ci", "chance")] == [None] * 4
    assert (empty["method"], empty["undefined"]) == ("undefined", 25)
