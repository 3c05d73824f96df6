"""What the store and the loop cost beside the bare forward, and how soon a resumed run is at work."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from medbench.cohort import CohortRow, ImageRef
from medbench.inference import (
    ImageLoader,
    Store,
    StoreKey,
    Work,
    compute_activations,
    image_addresses,
    known_digests,
    make_plan,
    prompt_address,
)
from medbench.models import ImagePart, Prompt, Tap, Turn
from medbench.spec import ImagePreparation

KEY = StoreKey({"weights": "abc"}, {"max_side": 1024}, "{image}")
TAP = Tap(None, "pooled")
PIXEL = Image.new("RGB", (1, 1))
WIDTH = 1024


def prompt_of(image: ImagePart) -> Prompt:
    """One image."""
    return Prompt((Turn("verbatim", (image,)),))


class Multiplying:
    """A model whose forward is a chain of matrix products: only time, no decoding."""

    def __init__(self, depth: int = 40) -> None:
        self.weights = np.random.default_rng(1).normal(size=(WIDTH, WIDTH)).astype(np.float32) / 32
        self.depth, self.calls = depth, 0

    def activations(self, prompts: Any, taps: Any) -> Any:
        """Activations (n, WIDTH)."""
        self.calls += 1
        X = np.ones((len(prompts), WIDTH), np.float32)
        for _ in range(self.depth):
            X = np.tanh(X @ self.weights)
        return dict.fromkeys(taps, X)


def overhead(place: Path, rows: int = 2048) -> tuple[float, int]:
    """Processor time of the loop with its store by that of the bare calls; calls of a second look."""
    model, batch = Multiplying(), 16
    names = [f"{i:064d}" for i in range(rows)]
    prompts = [prompt_of(ImagePart(PIXEL, name)) for name in names]
    begin = time.process_time()
    for start in range(0, rows, batch):
        model.activations(prompts[start : start + batch], [TAP])
    bare = time.process_time() - begin
    begin = time.process_time()
    store = Store(place, KEY)
    plan = make_plan(place / "shards.json", store, names, ["pooled"], batch)
    by_name = dict(zip(names, prompts, strict=True))
    work = Work(store, plan, by_name.__getitem__, lambda _: None, lambda: model)  # type: ignore[arg-type,return-value]
    compute_activations(work, [TAP])
    looped, model.calls = time.process_time() - begin, 0
    again = make_plan(place / "second.json", Store(place, KEY), names[::2], ["pooled"], batch)
    compute_activations(Work(store, again, work.prompt, work.step, work.load), [TAP])
    return looped / bare - 1, model.calls


def resumed(place: Path, rows: int = 100_000) -> float:
    """Seconds from the start of a resumed stage with ``rows`` done to its first new image decoded.

    In processor time, since the files' times are in memory. Cohort and model are at hand. Every file is
    looked at for its size and time, none is read again.
    """
    images = place / "images"
    images.mkdir()
    for i in range(rows + 8):
        (images / f"{i}.ppm").write_bytes(b"P6 1 1 255\n" + i.to_bytes(3, "big"))
    table = [CohortRow("test", i, "s", (ImageRef(f"{i}.ppm"),), i, 0, {}) for i in range(rows + 8)]
    _stage(place, table[:rows], fill=True)
    _stage(place, table[:rows], fill=False)
    begin = time.process_time()
    _stage(place, table, fill=False)
    return time.process_time() - begin


def _stage(place: Path, table: list[CohortRow], fill: bool) -> None:
    loader = ImageLoader({"s": place / "images"}, ImagePreparation(1024, "none"))
    image_addresses(loader, table, place / "cache", lambda _: None)
    known_digests(loader, table, place / "cache")
    digests = [loader.addresses["s", row.images[0]] for row in table]
    of = {prompt_address(prompt_of(ImagePart(PIXEL, d))): row for d, row in zip(digests, table, strict=True)}
    store = Store(place / "cache", KEY)
    plan = make_plan(place / "shards.json", store, list(of), ["pooled"], 8)
    for shard in plan.left(store):
        if not fill:
            loader.load("s", of[shard.rows[0]].images[0])
            return
        values = np.ones((len(shard.rows), WIDTH), np.float32)
        known = {digest: digest for digest in (loader.addresses["s", of[r].images[0]] for r in shard.rows)}
        store.write(shard.name, shard.rows, {"pooled": values}, {"images": known})
