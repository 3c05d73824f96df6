"""A probe task: activations, probe, predictions, measures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from medbench.cohort import CohortRow, ImageRef
from medbench.inference import (
    Store,
    StoreKey,
    Work,
    compute_activations,
    image_digests,
    make_plan,
    prompt_address,
)
from medbench.models import ImagePart, Need, Prompt, Tap, Turn
from medbench.probe import FittedProbe, TestRows, TrainRows, fit_probe, quantise
from medbench.runner.blank import blank_image
from medbench.runner.content import unchanged
from medbench.runner.outcome import Outcome, StageContext
from medbench.runner.taps import candidate_taps, digits, rulings, select_tap
from medbench.scoring import ProbePredictions, measure_probe, write_probe
from medbench.spec import AdamProbe, ProbeProtocol, ProbeSettings

__all__ = ["probe_prompt", "run_probe"]


def run_probe(context: StageContext) -> Outcome:
    """Compute what the store lacks, fit on train, score test once."""
    protocol = context.protocol
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
        X = quantise(X, X if protocol.quantisation.over == "all" else X[: len(train)])
    fitted = fit_probe(_train_rows(context, train, X[: len(train)]), settings, context.options.seed)
    predictions = _predict(context, test, fitted, TestRows(X[len(train) :]))
    context.progress.step(1)
    measures = measure_probe(
        predictions,
        context.item.task.report,
        context.item.task.report_by,
        context.counts(predictions.groups),
    )
    n = len(test)
    primary = next(m.key for m in measures if m.id == context.item.task.primary)
    return Outcome(
        measures=measures,
        primary=primary,
        coverage={"n_spec": n, "n_scored": n, "n_unparsed": 0, "n_refused": 0, "n_error": 0},
        rulings=rulings(handle, protocol, context.item.candidate.provided.card),
        selection={**_selection(tap, fitted, settings), **validated},
        decodings=None,
        write_predictions=lambda path: write_probe(path, predictions),
        rows_computed=computed,
    )


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


def _selection(tap: Tap, fitted: FittedProbe, settings: ProbeSettings) -> dict[str, object]:
    selection = fitted.selection
    told = []
    if selection is not None and selection.at_edge:
        told.append("C is at the edge of its grid")
    if not isinstance(settings, AdamProbe) and (fitted.probe.n_iter >= settings.max_iter).any():
        told.append(f"the fit stopped after {settings.max_iter} iterations")
    return {
        "tap": tap.name,
        "C_grid": list(selection.C) if selection else [],
        "mean_log_loss": digits(selection.mean_log_loss) if selection else [],
        "standard_error": digits(selection.standard_error) if selection else [],
        "C": selection.C[selection.chosen] if selection else None,
        "folds": selection.folds if selection else None,
        "n_iter": fitted.probe.n_iter.tolist(),
        "configurations_scored_on_test": 1,
        "warnings": told,
    }
