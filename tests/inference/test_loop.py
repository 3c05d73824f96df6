"""Batches reach the model in order and as planned; what breaks the contract is said, and never stored."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from medbench.errors import DataError, PluginError, RunError
from medbench.inference import Store, Work, compute_activations, compute_replies
from medbench.models import Reply, Sampling, Tap

POOLED, OTHER = Tap(None, "pooled"), Tap(None, "projected")
GREEDY = Sampling(8)
MakeWork = Callable[..., Work]


class Broken:
    """Answers every call with the same thing, or raises it."""

    def __init__(self, answer: object) -> None:
        self.answer = answer

    def activations(self, prompts, taps):
        if isinstance(self.answer, Exception):
            raise self.answer
        return dict.fromkeys(taps, self.answer) if isinstance(self.answer, np.ndarray) else self.answer

    def generate(self, prompts, sampling, seeds):
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def _seeds(row: str) -> list[int]:
    return [int(row), 2**64 - 1]


def test_order_and_batches(make_work: MakeWork, fake_model, store: Store) -> None:
    def slow_at_first(row: str):
        time.sleep(0.02 if int(row) % 4 == 0 else 0)
        return prompt(row)

    work = make_work(model := fake_model(), 10, ["pooled", "projected"])
    prompt, steps = work.prompt, []
    compute_activations(Work(store, work.plan, slow_at_first, steps.append, lambda: model), [POOLED, OTHER])
    assert model.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]]
    assert steps == [4, 4, 2]
    rows = ["9", "0", "5"]
    for tap in (POOLED, OTHER):
        assert store.activations(rows, tap.name).tolist() == [[9, 7], [0, 7], [5, 7]]


def test_decoding_runs_ahead_by_one_batch_only(make_work: MakeWork, fake_model, store: Store) -> None:
    begun, lock, seen = set(), threading.Lock(), []

    class Watching(fake_model):
        def activations(self, prompts, taps):
            time.sleep(0.05)
            with lock:
                seen.append(len(begun))
            return super().activations(prompts, taps)

    work = make_work(Watching(), 12, ["pooled"])

    def prompt(row: str):
        with lock:
            begun.add(row)
        return work.prompt(row)

    compute_activations(Work(store, work.plan, prompt, work.step, work.load), [POOLED])
    assert seen == [8, 12, 12]


def test_what_is_there_is_not_computed(make_work: MakeWork, fake_model, store: Store) -> None:
    compute_activations(make_work(fake_model(), 10, ["pooled"]), [POOLED])

    def load():
        raise AssertionError("nothing is left to compute")

    work = make_work(None, 10, ["pooled"])
    compute_activations(Work(store, work.plan, work.prompt, work.step, load), [POOLED])


@pytest.mark.parametrize(
    "answer",
    [
        np.zeros((3, 2), np.float32),
        np.zeros(4, np.float32),
        np.zeros((4, 2, 1), np.float32),
        np.zeros((4, 2), np.int64),
        np.zeros((4, 2), bool),
        np.array([["a", "b"]] * 4),
        {},
        {OTHER: np.zeros((4, 2), np.float32)},
        None,
        [np.zeros((4, 2), np.float32)],
    ],
    ids=["rows", "1-d", "3-d", "int", "bool", "text", "no tap", "another tap", "none", "list"],
)
def test_wrong_activations_are_the_plugins_fault(answer: object, make_work: MakeWork, store: Store) -> None:
    with pytest.raises(PluginError) as caught:
        compute_activations(make_work(Broken(answer), 4, ["pooled"]), [POOLED])
    assert caught.value.code == "MB710"
    store.refresh()
    assert store.missing(["0"], ["pooled"]) == ["0"]


@pytest.mark.parametrize("value", [np.inf, np.nan, np.float64(1e300)], ids=["inf", "nan", "beyond float32"])
def test_activations_that_are_not_finite(value: float, make_work: MakeWork) -> None:
    with pytest.raises(RunError, match="not finite") as caught:
        compute_activations(make_work(Broken(np.full((4, 2), value)), 4, ["pooled"]), [POOLED])
    assert (caught.value.code, "float32" in caught.value.hint) == ("MB804", True)


def test_float16_is_kept_as_float32(make_work: MakeWork, store: Store) -> None:
    compute_activations(make_work(Broken(np.full((4, 2), 0.1, np.float16)), 4, ["pooled"]), [POOLED])
    assert store.activations(["0"], "pooled").tolist() == [[float(np.float16(0.1))] * 2]


def test_a_width_that_changes(make_work: MakeWork, fake_model) -> None:
    class Growing(fake_model):
        def activations(self, prompts, taps):
            self._numbers(prompts)
            return {tap: np.zeros((len(prompts), len(self.batches)), np.float32) for tap in taps}

    with pytest.raises(PluginError, match="several widths"):
        compute_activations(make_work(Growing(), 8, ["pooled"]), [POOLED])


def test_a_model_that_raises(make_work: MakeWork, fake_model) -> None:
    with pytest.raises(PluginError, match="ValueError: this row is too much") as caught:
        compute_activations(make_work(fake_model(fails=[2]), 4, ["pooled"]), [POOLED])
    assert caught.value.code == "MB714" and isinstance(caught.value.__cause__, ValueError)


class OutOfMemoryError(RuntimeError):
    """Named as torch's own."""


@pytest.mark.parametrize("fault", [MemoryError("no room"), OutOfMemoryError("CUDA out of memory")])
@pytest.mark.parametrize("rows", [4, 1])
def test_where_a_single_row_does_not_fit(fault: Exception, rows: int, make_work: MakeWork) -> None:
    for compute, taps in ((_activations, ["pooled"]), (_replies, ["replies"])):
        with pytest.raises(RunError, match="a batch of 1 rows") as caught:
            compute(make_work(Broken(fault), rows, taps))
        assert (caught.value.code, caught.value.hint) == ("MB803", "a smaller dtype, or more devices")


def _activations(work: Work) -> None:
    compute_activations(work, [POOLED])


def _replies(work: Work) -> None:
    compute_replies(work, GREEDY, _seeds)


def test_an_image_that_does_not_decode(make_work: MakeWork, fake_model) -> None:
    def prompt(row: str):
        raise DataError("MB607", "truncated")

    with pytest.raises(DataError, match="truncated"):
        compute_activations(make_work(fake_model(), 8, ["pooled"], prompt=prompt), [POOLED])


def test_replies_by_row_and_try(make_work: MakeWork, fake_model, store: Store) -> None:
    compute_replies(make_work(model := fake_model(), 6, ["replies"]), GREEDY, _seeds)
    assert model.batches == [[0, 1, 2, 3], [4, 5]]
    texts = [[reply.text for reply in tries] for tries in store.replies(["5", "0"])]
    assert texts == [["5/5", f"5/{2**64 - 1}"], ["0/0", f"0/{2**64 - 1}"]]


@pytest.mark.parametrize(
    "answer",
    [
        [[Reply("a", 1, "stop")] * 2] * 3,
        [[Reply("a", 1, "stop")]] * 4,
        [Reply("a", 1, "stop")] * 4,
        [["a", "b"]] * 4,
        None,
    ],
    ids=["rows", "tries", "flat", "text", "none"],
)
def test_wrong_replies_are_the_plugins_fault(answer: object, make_work: MakeWork) -> None:
    with pytest.raises(PluginError) as caught:
        _replies(make_work(Broken(answer), 4, ["replies"]))
    assert caught.value.code == "MB711"


def test_a_row_that_raises_costs_itself_only(make_work: MakeWork, fake_model, store: Store) -> None:
    _replies(make_work(model := fake_model(fails=[2]), 8, ["replies"]))
    assert model.batches == [[0, 1, 2, 3], [0], [1], [2], [3], [4, 5, 6, 7]]
    found = store.replies(list("01234567"))
    assert found[2] == [Reply("", 0, "error")] * 2
    assert [tries[0].text for tries in found] == [f"{i}/{i}" if i != 2 else "" for i in range(8)]


def test_a_model_that_always_fails_leaves_nothing(make_work: MakeWork, fake_model, store: Store) -> None:
    with pytest.raises(PluginError, match="every reply failed: ValueError: this row") as caught:
        _replies(make_work(fake_model(fails=range(6)), 6, ["replies"]))
    assert caught.value.code == "MB713"
    store.refresh()
    assert store.missing(["0"]) == ["0"], "once mended, the model is asked again"
    _replies(make_work(fake_model(), 6, ["replies"]))
    assert store.replies(["0"])[0][0].text == "0/0"
