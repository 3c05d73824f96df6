"""A probe task: activations, probe, predictions, measures."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from medbench import stats
from medbench.cohort import CohortRow, ImageRef
from medbench.errors import PluginError
from medbench.inference import (
    Store,
    StoreKey,
    Work,
    compute_activations,
    image_digests,
    make_plan,
    prompt_address,
)
from medbench.models import Handle, ImagePart, Need, Prompt, Tap, Turn
from medbench.probe import FittedProbe, TestRows, TrainRows, fit_probe, quantise, validate
from medbench.runner.blank import blank_image
from medbench.runner.content import unchanged
from medbench.runner.outcome import Outcome, StageContext
from medbench.scoring import ProbePredictions, measure_probe, write_probe
from medbench.spec import AdamProbe, LbfgsProbe, ProbeProtocol, ProbeSettings, TapRule

__all__ = ["candidate_taps", "probe_prompt", "run_probe", "select_tap"]


def run_probe(context: StageContext) -> Outcome:
    """Compute what the store lacks, fit on train, score test once."""
    protocol = context.item.task.protocols[context.options.protocol]
    assert isinstance(protocol, ProbeProtocol)
    handle = context.session.handle
    taps = candidate_taps(handle, protocol.tap)
    settings = protocol.encoders if handle.blocks is None else protocol.decoders
    train, test = context.rows("train"), context.rows("test")
    X_of, computed = _activations(context, protocol, [*train, *test], taps)
    context.stage("fitting the probe", 1)
    # only training rows are handed to what chooses
    tap, validated = select_tap(
        taps, lambda name: _train_rows(context, train, X_of(name)[: len(train)]), settings
    )
    X = X_of(tap)
    if protocol.quantisation.active and handle.blocks is not None:
        X = quantise(X, X[: len(train)])
    fitted = fit_probe(_train_rows(context, train, X[: len(train)]), settings, context.options.seed)
    predictions = _predict(context, test, fitted, TestRows(X[len(train) :]))
    context.progress.step(1)
    measures = measure_probe(
        predictions,
        context.item.task.report,
        context.item.task.report_by,
        _counts(context, predictions.groups),
    )
    n = len(test)
    primary = next(m.key for m in measures if m.id == context.item.task.primary)
    return Outcome(
        measures=measures,
        primary=primary,
        coverage={"n_spec": n, "n_scored": n, "n_unparsed": 0, "n_refused": 0, "n_error": 0},
        selection={**_selection(tap, fitted, settings, rulings(handle, protocol)), **validated},
        decodings=None,
        write_predictions=lambda path: write_probe(path, predictions),
        rows_computed=computed,
    )


def candidate_taps(handle: Handle, rule: TapRule) -> list[Tap]:
    """Taps by kind of model, from the shallowest on: a decoder's blocks, an encoder's output.

    Of an encoder it is the output that the rule names, or the only one there is.

    Raises:
        PluginError: an encoder has several outputs and none is the one asked for (MB712).
    """
    if handle.blocks is not None and rule.block is not None and rule.block < handle.blocks:
        return [Tap(rule.block, rule.token)]
    if handle.blocks is not None:
        blocks = {
            handle.blocks - 1 if depth == "last" else math.floor(depth * handle.blocks)
            for depth in rule.depths
        }
        return [Tap(block, rule.token) for block in sorted(blocks)]
    outputs = handle.outputs
    if rule.encoder_output in outputs:
        return [Tap(None, rule.encoder_output)]
    if len(outputs) == 1:
        return [Tap(None, outputs[0])]
    raise PluginError("MB712", f"outputs are {', '.join(outputs)}; {rule.encoder_output!r} is none of them")


def select_tap(
    taps: Sequence[Tap], train: Callable[[Tap], TrainRows], settings: ProbeSettings
) -> tuple[Tap, dict[str, object]]:
    """The tap with the smallest grouped validation loss inside train; of equals the shallowest.

    Returns:
        The tap, and for the record the loss of each candidate; nothing where there is one candidate.
    """
    if len(taps) == 1:
        return taps[0], {}
    assert isinstance(settings, LbfgsProbe), "the spec's meaning checks refuse others with several depths"
    losses = {tap: validate(train(tap), settings) for tap in taps}
    rows = [
        {
            "tap": tap.name,
            "mean_log_loss": float(f"{loss.mean:.9g}"),
            "standard_error": float(f"{loss.standard_error:.9g}"),
        }
        for tap, loss in losses.items()
    ]
    return min(taps, key=lambda tap: losses[tap].mean), {"taps": rows}


def probe_prompt(image: ImagePart, protocol: ProbeProtocol) -> Prompt:
    """The protocol's text with one image, written as it stands."""
    parts = (image, protocol.text) if protocol.order == "image-first" else (protocol.text, image)
    return Prompt((Turn("verbatim", parts),))


def _activations(
    context: StageContext, protocol: ProbeProtocol, rows: Sequence[CohortRow], taps: Sequence[Tap]
) -> tuple[Callable[[Tap], NDArray[np.float32]], int]:
    handle = context.session.handle
    digests = image_digests(context.loader, rows, context.options.cache, context.progress.step)
    blank = blank_image()
    # an address needs the image's digest, not its pixels
    addresses = [
        prompt_address(probe_prompt(ImagePart(blank.image, digests[r.source, r.images[0]]), protocol))
        for r in rows
    ]
    images: dict[str, tuple[str, ImageRef]] = {
        address: (row.source, row.images[0]) for address, row in zip(addresses, rows, strict=True)
    }
    key = StoreKey(
        identity=context.session.key_values(),
        preparation=asdict(protocol.image),
        template=handle.render(probe_prompt(blank, protocol)),
        precision="float32",
    )
    store = Store(context.options.cache, key)
    for line in store.damaged:
        context.progress.note(line)
        context.folder.log("damaged shard", detail=line)
    plan = make_plan(
        context.place / "shards.json", store, addresses, [tap.name for tap in taps], context.batch_size
    )
    left = sum(len(shard.rows) for shard in plan.left(store))
    context.stage("computing activations", left)
    work = Work(
        store=store,
        plan=plan,
        prompt=lambda address: unchanged(
            probe_prompt(context.loader.load(*images[address]), protocol), address
        ),
        step=context.progress.step,
        load=lambda: context.session.model(Need(taps=tuple(taps))),
    )
    compute_activations(work, list(taps))
    return lambda tap: store.activations(addresses, tap.name), left


def _train_rows(context: StageContext, rows: Sequence[CohortRow], X: NDArray[np.float32]) -> TrainRows:
    groups = np.array([row.group for row in rows], dtype=np.int64)
    return TrainRows(X, _labels(rows), groups, len(context.cohort.classes))


def _labels(rows: Sequence[CohortRow]) -> NDArray[np.int64]:
    return np.array([row.label for row in rows], dtype=np.int64)


def _predict(
    context: StageContext, rows: Sequence[CohortRow], fitted: FittedProbe, test: TestRows
) -> ProbePredictions:
    return ProbePredictions(
        y=_labels(rows),
        probabilities=fitted.predict_proba(test.X),
        groups=np.array([row.group for row in rows], dtype=np.int64),
        classes=context.cohort.classes,
        subgroups={
            column: np.array([_subgroup(row, column) for row in rows])
            for column in context.item.task.report_by
        },
    )


def _subgroup(row: CohortRow, column: str) -> str:
    value = row.source if column == "source" else row.columns[column]
    return "unknown" if value is None else str(value)


def _counts(context: StageContext, groups: NDArray[np.integer]) -> NDArray[np.uint16]:
    statistics = context.item.task.statistics
    return stats.draw_counts(groups, statistics.replicates, context.cohort.resample_key, statistics.seed)


def rulings(handle: Handle, protocol: ProbeProtocol) -> list[str]:
    """What a protocol says that this model cannot follow to the letter, and what was done."""
    found = []
    if handle.blocks is not None and protocol.tap.block is not None and protocol.tap.block >= handle.blocks:
        [tap] = candidate_taps(handle, protocol.tap)
        found.append(f"there is no block {protocol.tap.block} of {handle.blocks}: {tap.name} is read")
    if protocol.model.int8:
        found.append("8-bit weights are not offered by this plugin")
    return found


def _selection(
    tap: Tap, fitted: FittedProbe, settings: ProbeSettings, warnings: list[str]
) -> dict[str, object]:
    selection = fitted.selection
    told = [*warnings]
    if selection is not None and selection.at_edge:
        told.append("C is at the edge of its grid")
    if not isinstance(settings, AdamProbe) and (fitted.probe.n_iter >= settings.max_iter).any():
        told.append(f"the fit stopped after {settings.max_iter} iterations")
    return {
        "tap": tap.name,
        "C_grid": list(selection.C) if selection else [],
        "mean_log_loss": _digits(selection.mean_log_loss) if selection else [],
        "standard_error": _digits(selection.standard_error) if selection else [],
        "C": selection.C[selection.chosen] if selection else None,
        "folds": selection.folds if selection else None,
        "n_iter": fitted.probe.n_iter.tolist(),
        "configurations_scored_on_test": 1,
        "warnings": told,
    }


def _digits(values: Sequence[float]) -> list[float]:
    return [float(f"{value:.9g}") for value in values]
