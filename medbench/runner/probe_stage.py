"""A probe task: activations, probe, predictions, measures."""

from __future__ import annotations

import numpy as np

from medbench.models import Tap
from medbench.probe import FittedProbe, TestRows, fit_probe
from medbench.runner.outcome import Outcome, StageContext
from medbench.runner.probe_rows import ProbeRows, labels, probe_rows
from medbench.runner.subgroup_values import subgroup_values
from medbench.runner.taps import candidate_taps, digits, rulings, select_tap, sweep_taps
from medbench.scoring import ProbePredictions, measure_probe, write_probe
from medbench.spec import AdamProbe, ProbeProtocol, ProbeSettings

__all__ = ["compute_probe", "probe_settings", "run_probe"]


def run_probe(context: StageContext) -> Outcome:
    """Compute what the store lacks, fit on train, score test once."""
    protocol, handle, task = context.protocol, context.session.handle, context.item.task
    assert isinstance(protocol, ProbeProtocol)
    taps, settings = candidate_taps(handle, protocol.tap), probe_settings(context)
    rows = compute_probe(context)
    context.stage("fitting the probe", 1)
    tap, validated = select_tap(taps, rows.train, settings)
    fitted = fit_probe(rows.train(tap), settings, context.options.seed)
    predictions = _predict(context, rows, fitted, rows.test(tap))
    context.progress.step(1)
    counts, metrics = context.counts(predictions.groups), context.item.evaluators.metrics
    measures = measure_probe(predictions, task.report, task.report_by, counts, metrics)
    n = len(predictions.y)
    return Outcome(
        measures=measures,
        primary=next(m.key for m in measures if m.id == task.primary),
        coverage={"n_spec": n, "n_scored": n, "n_unparsed": 0, "n_refused": 0, "n_error": 0},
        rulings=rulings(handle, protocol, context.item.candidate.provided.card),
        selection={**_selection(tap, fitted, settings), **validated},
        decodings=None,
        write_predictions=lambda path: write_probe(path, predictions),
        rows_computed=sum(context.computed),
    )


def compute_probe(context: StageContext) -> ProbeRows:
    """Compute what the phase wants of it; nothing is read, fitted or scored."""
    protocol, handle = context.protocol, context.session.handle
    assert isinstance(protocol, ProbeProtocol)
    taps = candidate_taps(handle, protocol.tap)
    # those of a layer sweep are read in the same pass, and take no part in the choice
    swept = sweep_taps(handle, protocol.tap, context.item.analyses.get("layer-sweep"))
    return probe_rows(context, list(dict.fromkeys([*taps, *swept])))


def probe_settings(context: StageContext) -> ProbeSettings:
    """The protocol's probe for this kind of model."""
    protocol = context.protocol
    assert isinstance(protocol, ProbeProtocol)
    return protocol.encoders if context.session.handle.blocks is None else protocol.decoders


def _predict(context: StageContext, rows: ProbeRows, fitted: FittedProbe, test: TestRows) -> ProbePredictions:
    return ProbePredictions(
        y=labels(rows.test_rows),
        probabilities=fitted.predict_proba(test.X),
        groups=np.array([row.group for row in rows.test_rows], dtype=np.int64),
        classes=context.cohort.classes,
        subgroups={column: subgroup_values(rows.test_rows, column) for column in context.item.task.report_by},
    )


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
