"""One model on one task: cohort, inference, scoring, record; what goes wrong stays with this item."""

from __future__ import annotations

import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from medbench.atomic import write_bytes
from medbench.cohort import Cohort, prepare_cohort
from medbench.cohort.checks import LeakError
from medbench.cohort.limit import limit_cohort
from medbench.errors import DataError, ExitCode, PluginError, UserError, describe_os_error
from medbench.inference import ImageLoader
from medbench.record import Record, read_record, write_record
from medbench.runner.analysis_stage import run_analysis
from medbench.runner.assemble import assemble_record, fixed_part
from medbench.runner.choice_stage import compute_choice, run_choice
from medbench.runner.content import Content, known_content, read_content
from medbench.runner.declared import kept_columns, with_values
from medbench.runner.folder import RunFolder
from medbench.runner.options import RunOptions
from medbench.runner.outcome import StageContext
from medbench.runner.phase import Phase
from medbench.runner.probe_stage import compute_probe, run_probe
from medbench.runner.progress import Progress
from medbench.runner.readiness import Item
from medbench.runner.session import ModelSession

__all__ = ["Tally", "compute_item", "try_item"]


@dataclass
class Tally:
    """What became of the items so far."""

    not_run: list[dict[str, str]]
    records: list[Path] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    analyses: list[Path] = field(default_factory=list)


def try_item(
    item: Item, session: ModelSession, options: RunOptions, folder: RunFolder, progress: Progress,
    tally: Tally, phase: Phase,
) -> None:  # fmt: skip
    """Run an item and add to ``tally`` what became of it; only an interruption is raised."""
    try:
        cohort = _cohort(item, options, progress)
    except DataError as fault:
        tally.not_run.append(item.lacking("refused", str(fault)).describe())
        return
    except Exception as fault:
        tally.failed.append(_failure(item, fault, folder, options))
        tally.codes.append(ExitCode.FAILED)
        return
    try:
        context = _context(item, cohort, session, options, folder, progress, phase)
        record = _run_item(context)
        tally.records.append(record.file)
    except LeakError as fault:
        tally.not_run.append(item.lacking("refused", str(fault)).describe())
        return
    except Exception as fault:
        tally.failed.append(_failure(item, fault, folder, options))
        tally.codes.append(_exit_code(fault))
        return
    _try_analyses(context, record, tally)


def compute_item(
    item: Item, session: ModelSession, options: RunOptions, folder: RunFolder, progress: Progress,
    phase: Phase,
) -> None:  # fmt: skip
    """Do what the phase wants of an item's inference, and nothing of its scoring.

    What keeps an item from being run is left to ``try_item``, which says it once; a failure of inference in
    ``phase`` is the phase's to keep.
    """
    try:
        context = _context(item, _cohort(item, options, progress), session, options, folder, progress, phase)
        content = known_content(context)
        if content is None or _finished(context, content) is None:
            _compute(context)
    except Exception as fault:
        folder.log("not computed", model=item.candidate.name, task=item.task.id, kind=type(fault).__name__)


def _try_analyses(context: StageContext, record: Record, tally: Tally) -> None:
    analyses, lost = with_values(context.item.analyses, context.rows("test"))
    tally.not_run += [context.item.lacking("unsupported", reason).describe() for reason in lost]
    for name, settings in analyses.items():
        # what an analysis lacks must not cost the record, nor the other analyses
        try:
            tally.analyses.append(run_analysis(context, record, name, settings))
        except Exception as fault:
            what = f"analysis {name}: "
            tally.failed.append(_failure(context.item, fault, context.folder, context.options, what))
            tally.codes.append(_exit_code(fault))


def _exit_code(fault: Exception) -> int:
    return fault.exit_code if isinstance(fault, UserError) else ExitCode.FAILED


def _failure(
    item: Item, fault: Exception, folder: RunFolder, options: RunOptions, what: str = ""
) -> dict[str, str]:
    where = {"model": item.candidate.name, "task": item.task.id}
    if isinstance(fault, OSError):
        fault = describe_os_error(fault)
    known = isinstance(fault, UserError)
    reason = what + (str(fault) if known else f"MB801 {type(fault).__name__}: {fault}")
    if not known or (isinstance(fault, PluginError) and fault.__cause__ is not None):
        # for whoever mends it: medbench's own fault, or the plugin's behind a known one
        file = folder.place(item, options.protocol) / "traceback.txt"
        write_bytes(file, "".join(traceback.format_exception(fault)).encode())
        reason += f" (traceback in {file})"
    folder.log("failed", **where, kind=type(fault).__name__)
    return {**where, "reason": reason}


def _cohort(item: Item, options: RunOptions, progress: Progress) -> Cohort:
    progress.stage(item.candidate.name, item.task.id, "preparing the cohort", 1)
    cohort = prepare_cohort(
        item.task,
        item.roots,
        options.cache,
        options.allow_missing,
        kept_columns(item.analyses),
        options.allow_leaks,
    )
    progress.step(1)
    return cohort if options.limit is None else limit_cohort(cohort, options.limit)


def _context(
    item: Item,
    cohort: Cohort,
    session: ModelSession,
    options: RunOptions,
    folder: RunFolder,
    progress: Progress,
    phase: Phase,
) -> StageContext:
    loader = ImageLoader(item.roots, item.task.protocols[options.protocol].image)
    return StageContext(item, cohort, session, loader, options, folder, progress, phase)


def _run_item(context: StageContext) -> Record:
    begin = time.perf_counter()
    item, place, progress = context.item, context.place, context.progress
    content = known_content(context)
    if content is None:
        # images are decoded once, on their way to the model; only then is all of them known
        _compute(context)
        content = read_content(context)
    done = _finished(context, content)
    if done is not None:
        progress.note(f"{item.candidate.name} on {item.task.id}: record is there, nothing to do")
        return done
    outcome = run_probe(context) if item.task.kind == "probe" else run_choice(context)
    outcome.write_predictions(place / "predictions.parquet")
    value = assemble_record(context, content, outcome, time.perf_counter() - begin)
    file = write_record(place, value, {measure.key: measure.replicates for measure in outcome.measures})
    context.folder.log("record", model=item.candidate.name, task=item.task.id, division=value["division"])
    return read_record(file)


def _compute(context: StageContext) -> None:
    compute_probe(context) if context.item.task.kind == "probe" else compute_choice(context)


def _finished(context: StageContext, content: Content) -> Record | None:
    """The record on disk when it is whole and was made from the same spec, cohort and model."""
    item, file, fixed = context.item, context.place / "record.json", fixed_part(context, content)
    if not file.is_file():
        return None
    try:
        record = read_record(file)
        record.replicates()
    except UserError:
        return None
    same = record.value["task"]["spec_digest"] == item.task.digest
    same = same and all(record.value[key] == value for key, value in fixed.items())
    return record if same and _readable(file.parent / "predictions.parquet") else None


def _readable(file: Path) -> bool:
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        pq.read_metadata(file)
    except (OSError, pa.ArrowException):
        return False
    return True
