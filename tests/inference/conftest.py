"""A store of one key, prompts by address, and a model that answers from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from medbench.inference import Plan, Store, StoreKey, Work, make_plan
from medbench.models import ImagePart, Prompt, Reply, Tap, Turn

KEY = StoreKey({"weights": "abc"}, {"max_side": 1024}, "{image} What?", {}, "float32")
PIXEL = Image.new("RGB", (1, 1))


class FakeModel:
    """Width 2: the row's number and a constant. Keeps the batches that it was given."""

    def __init__(self, fails: Sequence[int] = ()) -> None:
        self.fails, self.batches = set(fails), []

    def _numbers(self, prompts: Sequence[Prompt]) -> list[int]:
        numbers = [int(prompt.images()[0].digest) for prompt in prompts]
        self.batches.append(numbers)
        if self.fails & set(numbers):
            raise ValueError("this row is too much")
        return numbers

    def activations(self, prompts: Sequence[Prompt], taps: Sequence[Tap]) -> Any:
        numbers = self._numbers(prompts)
        return {tap: np.array([[n, 7] for n in numbers], dtype=np.float32) for tap in taps}

    def generate(self, prompts: Sequence[Prompt], sampling: Any, seeds: Any) -> Any:
        return [
            [Reply(f"{n}/{int(seed)}", 1, "stop") for seed in row]
            for n, row in zip(self._numbers(prompts), seeds, strict=True)
        ]


@pytest.fixture
def fake_model() -> type[FakeModel]:
    return FakeModel


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path, KEY)


@pytest.fixture
def reopen(store: Store, tmp_path: Path) -> Callable[[], Store]:
    return lambda: Store(tmp_path, KEY)


@pytest.fixture
def key() -> StoreKey:
    return KEY


def prompt_of(address: str) -> Prompt:
    return Prompt((Turn("verbatim", (ImagePart(PIXEL, address), "What?")),))


@pytest.fixture
def make_work(store: Store, tmp_path: Path) -> Callable[..., Work]:
    """Work on rows ``"0"``, ``"1"`` …: ``make_work(model, rows=10, taps=["pooled"])``, four rows a batch."""

    def make(model: Any, rows: int, taps: Sequence[str], prompt: Any = prompt_of) -> Work:
        plan: Plan = make_plan(tmp_path / "shards.json", store, [str(i) for i in range(rows)], taps, 4)
        return Work(store, plan, prompt, lambda n: None, lambda: model)

    return make
