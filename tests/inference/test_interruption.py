"""Wherever a run is cut off, no half shard is believed; the next run ends with the bytes of a calm one."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Barrier, Thread

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from medbench import atomic
from medbench.inference import Store, StoreKey, Work, compute_activations, make_plan, plan
from medbench.models import ImagePart, Prompt, Tap, Turn

TAPS = [Tap(None, "pooled")]
KEY = StoreKey({"weights": "abc"}, {}, "{image}")


class Killed(BaseException):
    """What no handler may swallow."""


class Model:
    def activations(self, prompts, taps):
        numbers = [[int(prompt.images()[0].digest), 0.1] for prompt in prompts]
        return {tap: np.array(numbers, dtype=np.float32) for tap in taps}


def _prompt(address: str) -> Prompt:
    from PIL import Image

    return Prompt((Turn("verbatim", (ImagePart(Image.new("RGB", (1, 1)), address),)),))


def _work(place: Path, told: Callable[..., None] = lambda **_: None) -> Work:
    store = Store(place / "cache", KEY)
    planned = make_plan(place / "shards.json", store, [str(i) for i in range(12)], ["pooled"], 2)
    return Work(store, planned, _prompt, lambda n: None, Model, tell=told)


def _bytes(place: Path) -> dict[str, bytes]:
    return {f.name: f.read_bytes() for f in (place / "cache" / "store").rglob("*") if f.is_file()}


@pytest.fixture(autouse=True, scope="module")
def small_shards():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plan, "SHARD_ROWS", 4)
        yield


@settings(max_examples=60, deadline=None)
@given(step=st.integers(0, 40), tear=st.integers(0, 500))
def test_anywhere(tmp_path_factory: pytest.TempPathFactory, step: int, tear: int) -> None:
    calm, cut = tmp_path_factory.mktemp("calm"), tmp_path_factory.mktemp("cut")
    compute_activations(_work(calm), TAPS)
    left = [step]

    def dying(kind: str):
        real = getattr(atomic.Path, kind)

        def act(self, *args, **kwargs):
            left[0] -= 1
            if left[0] < 0 and "store" in str(self):
                if self.name.startswith(".") and self.is_file():
                    # the power fails before the bytes are all there
                    self.write_bytes(self.read_bytes()[:tear]) if left[0] == -1 else None
                raise Killed
            return real(self, *args, **kwargs)

        return act

    with pytest.MonkeyPatch.context() as patch:
        for kind in ("open", "replace"):
            patch.setattr(atomic.Path, kind, dying(kind))
        with suppress(Killed):
            compute_activations(_work(cut), TAPS)
    assert Store(cut / "cache", KEY).damaged == []
    compute_activations(_work(cut), TAPS)
    kept = {name: data for name, data in _bytes(cut).items() if not name.startswith(".")}
    assert kept == _bytes(calm)


def test_two_runs_on_one_store_end_with_one_copy(tmp_path: Path) -> None:
    alone, both = tmp_path / "alone", tmp_path / "both"
    compute_activations(_work(alone), TAPS)
    works, start, failed = [_work(both), _work(both)], Barrier(2), []

    def run(work: Work) -> None:
        try:
            start.wait()
            compute_activations(work, TAPS)
        except BaseException as fault:
            failed.append(fault)

    threads = [Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert _bytes(both) == _bytes(alone)
    assert all(work.store.missing([str(i) for i in range(12)], ["pooled"]) == [] for work in works)


def test_each_shard_is_told_once_without_names(tmp_path: Path) -> None:
    told: list[dict[str, object]] = []
    compute_activations(_work(tmp_path, lambda **line: told.append(line)), TAPS)
    assert [(line["rows"], line["halved"]) for line in told] == [(4, 0)] * 3
    assert all(set(line) == {"rows", "bytes", "seconds", "halved"} for line in told)
    assert sum(int(str(line["bytes"])) for line in told) == sum(
        len(data) for name, data in _bytes(tmp_path).items() if name.endswith(".safetensors")
    )


def test_a_shard_that_cannot_be_written_fails_the_run(tmp_path: Path) -> None:
    work = _work(tmp_path)

    def full(*_args: object) -> int:
        raise OSError(28, "No space left on device")

    work.store.write = full  # type: ignore[method-assign]
    with pytest.raises(OSError, match="No space"):
        compute_activations(work, TAPS)
