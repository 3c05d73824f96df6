"""Activations of a probe task's rows, computed where the store lacks them, as the probe sees them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from medbench.cohort import CohortRow, ImageRef
from medbench.inference import (
    Store,
    StoreKey,
    Work,
    compute_activations,
    image_addresses,
    make_plan,
    prompt_address,
)
from medbench.models import ImagePart, Need, Prompt, Tap, Turn
from medbench.probe import TestRows, TrainRows, quantise
from medbench.runner.blank import blank_image
from medbench.runner.content import unchanged
from medbench.runner.outcome import StageContext
from medbench.spec import ProbeProtocol

__all__ = ["ProbeRows", "labels", "probe_prompt", "probe_rows"]


@dataclass(frozen=True)
class ProbeRows:
    """Train and test rows of any tap that was asked for, read from the store when it is needed."""

    train_rows: Sequence[CohortRow]
    test_rows: Sequence[CohortRow]
    n_classes: int
    _read: Callable[[Tap], NDArray[np.float32]]

    def train(self, tap: Tap) -> TrainRows:
        """Training rows alone: all that what chooses is handed."""
        groups = np.array([row.group for row in self.train_rows], dtype=np.int64)
        X = self._read(tap)[: len(self.train_rows)]
        return TrainRows(X, labels(self.train_rows), groups, self.n_classes)

    def test(self, tap: Tap) -> TestRows:
        """Test rows, without their labels."""
        return TestRows(self._read(tap)[len(self.train_rows) :])


def probe_prompt(image: ImagePart, protocol: ProbeProtocol) -> Prompt:
    """The protocol's text with one image, written as it stands."""
    parts = (image, protocol.text) if protocol.order == "image-first" else (protocol.text, image)
    return Prompt((Turn("verbatim", parts),))


def labels(rows: Sequence[CohortRow]) -> NDArray[np.int64]:
    """Class indices (n,), or 0 and 1 (n, labels)."""
    return np.array([row.label for row in rows], dtype=np.int64)


def probe_rows(context: StageContext, taps: Sequence[Tap], plan_name: str = "shards.json") -> ProbeRows:
    """Compute what the store lacks of these taps.

    Args:
        plan_name: the file beside the record with the shards that were planned.
    """
    protocol = context.protocol
    assert isinstance(protocol, ProbeProtocol)
    train, test = context.rows("train"), context.rows("test")
    addresses, images = _addresses(context, protocol, [*train, *test])
    store = _store(context, protocol)
    names = [tap.name for tap in taps]
    plan = make_plan(context.place / plan_name, store, addresses, names, context.batch_size)
    left = sum(len(shard.rows) for shard in plan.left(store))
    context.stage("computing activations", left)
    context.computed.append(left)
    need = Need(taps=tuple(taps))
    work = Work(
        store=store,
        plan=plan,
        prompt=lambda address: unchanged(
            probe_prompt(context.loader.load(*images[address]), protocol), address
        ),
        step=context.progress.step,
        load=lambda: context.session.model(need),
        pixels=context.loader.pixels,
        tell=partial(context.folder.log, "shard"),
    )
    context.phase.run(work, need, lambda part: compute_activations(part, list(taps)))
    context.learn(store)
    rounded = protocol.quantisation.active and context.session.handle.blocks is not None
    memory: dict[Tap, NDArray[np.float32]] = {}

    def read(tap: Tap) -> NDArray[np.float32]:
        if tap not in memory:
            # one tap at a time: eighty of an 80B model are more than a machine holds
            memory.clear()
            X = store.activations(addresses, tap.name)
            extremes = X if protocol.quantisation.over == "all" else X[: len(train)]
            memory[tap] = quantise(X, extremes) if rounded else X
        return memory[tap]

    return ProbeRows(train, test, len(context.cohort.classes), read)


def _addresses(
    context: StageContext, protocol: ProbeProtocol, rows: Sequence[CohortRow]
) -> tuple[list[str], dict[str, tuple[str, ImageRef]]]:
    digests = image_addresses(context.loader, rows, context.options.cache, context.progress.step)
    blank = blank_image()
    # an address needs the image's digest, not its pixels
    addresses = [
        prompt_address(probe_prompt(ImagePart(blank.image, digests[r.source, r.images[0]]), protocol))
        for r in rows
    ]
    return addresses, {
        address: (row.source, row.images[0]) for address, row in zip(addresses, rows, strict=True)
    }


def _store(context: StageContext, protocol: ProbeProtocol) -> Store:
    key = StoreKey(
        identity=context.session.key_values(),
        preparation=context.loader.preparation_key,
        template=context.session.handle.render(probe_prompt(blank_image(), protocol)),
        precision="float32",
    )
    return context.open_store(key)
