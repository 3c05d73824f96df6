"""A batch that does not fit is halved, and no other; the shard says so, and its rows are in their places."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from medbench.inference import Store, Work, compute_activations, compute_replies
from medbench.models import Sampling, Tap

MakeWork = Callable[..., Work]


@pytest.fixture
def narrow(fake_model):
    """A model that has no room for row 5 beside more than one other row."""

    class Narrow(fake_model):
        def _numbers(self, prompts):
            numbers = super()._numbers(prompts)
            if 5 in numbers and len(numbers) > 2:
                raise MemoryError("no room")
            return numbers

    return Narrow


def _headers(store: Store) -> list[object]:
    manifests = sorted(file for file in store.folder.glob("*.json") if file.name != "key.json")
    return [json.loads(file.read_text()).get("halved") for file in manifests]


def test_activations(make_work: MakeWork, narrow, store: Store) -> None:
    compute_activations(make_work(model := narrow(), 10, ["pooled"]), [Tap(None, "pooled")])
    assert model.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [6, 7], [8, 9]]
    assert store.activations(list("5780"), "pooled")[:, 0].tolist() == [5, 7, 8, 0]
    assert _headers(store) == [[[2, 2]]]


def test_replies(make_work: MakeWork, narrow, store: Store) -> None:
    compute_replies(make_work(model := narrow(), 10, ["replies"]), Sampling(8), lambda row: [int(row)])
    assert model.batches == [[0, 1, 2, 3], [4, 5, 6, 7], [4, 5], [6, 7], [8, 9]]
    assert [tries[0].text for tries in store.replies(list("5780"))] == ["5/5", "7/7", "8/8", "0/0"]
    assert _headers(store) == [[[2, 2]]]


def test_the_bytes_are_those_of_a_machine_with_room(
    make_work: MakeWork, narrow, fake_model, store: Store
) -> None:
    files = []
    for kind in (narrow, fake_model):
        compute_activations(make_work(kind(), 10, ["pooled"]), [Tap(None, "pooled")])
        (file,) = store.folder.glob("*.safetensors")
        files.append(file.read_bytes())
        file.unlink()
        store.refresh()
    assert files[0] == files[1]
