"""The main job: check everything, run what is ready, write records."""

from __future__ import annotations

import time
import traceback
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from medbench.cohort import Cohort, prepare_cohort
from medbench.cohort.limit import limit_cohort
from medbench.errors import DataError, ExitCode, UserError
from medbench.hooks import Plugins
from medbench.inference import ImageLoader
from medbench.record import Record, read_record, write_record
from medbench.runner.assemble import assemble_record, fixed_part
from medbench.runner.choice_stage import run_choice
from medbench.runner.demo import embedded_data, tiny_checkpoint
from medbench.runner.folder import RunFolder, open_run
from medbench.runner.options import ModelRequest, RunOptions, RunResult
from medbench.runner.outcome import StageContext
from medbench.runner.probe_stage import run_probe
from medbench.runner.progress import Progress
from medbench.runner.readiness import Candidate, Item, check_items, open_candidate
from medbench.runner.session import ModelSession
from medbench.spec import Catalogue, Task

__all__ = ["Job", "execute", "prepare_job"]


@dataclass(frozen=True)
class Job:
    """A checked run: every model on every task, with its state.

    Attributes:
        label: suite, or task ids joined; the first part of the run folder's name.
        named: tasks the user named one by one; one that is not ready makes the exit code 3.
    """

    label: str
    tasks: tuple[Task, ...]
    items: tuple[Item, ...]
    options: RunOptions
    named: frozenset[str]

    @property
    def ready(self) -> list[Item]:
        """Items that can run."""
        return [item for item in self.items if item.state == "ready"]

    def not_run(self) -> list[dict[str, str]]:
        """What cannot run, and why."""
        return [item.describe() for item in self.items if item.state != "ready"]


def prepare_job(
    catalogue: Catalogue,
    plugins: Plugins,
    requests: Sequence[ModelRequest],
    suite: str | None,
    tasks: Sequence[str],
    options: RunOptions,
) -> Job:
    """Resolve names, find data and weights, compute nothing.

    Raises:
        UsageError: a name, argument or protocol that does not exist.
    """
    described = catalogue.suite(suite) if suite else {"id": "", "tasks": []}
    names = dict.fromkeys([*described["tasks"], *tasks])
    loaded = tuple({task.id: task for task in map(catalogue.task, names)}.values())
    if described.get("data") == "sample" and options.data_root is None:
        options = replace(options, data_root=embedded_data(options.cache))
    wanted = requests or _suite_models(described)
    candidates = [_candidate(request, plugins, options) for request in wanted]
    cards = {source: catalogue.source(source) for task in loaded for source in task.data.sources}
    items = tuple(check_items(candidates, loaded, cards, options))
    label = "+".join([*([str(described["id"])] if suite else []), *(catalogue.task(t).id for t in tasks)])
    return Job(label, loaded, items, options, frozenset(catalogue.task(t).id for t in tasks))


def _suite_models(suite: Mapping[str, object]) -> list[ModelRequest]:
    models = suite.get("models", [])
    assert isinstance(models, list)
    return [
        ModelRequest(m) if isinstance(m, str) else ModelRequest(m["name"], tiny=m["checkpoint"] == "tiny")
        for m in models
    ]


def _candidate(request: ModelRequest, plugins: Plugins, options: RunOptions) -> Candidate:
    provided = plugins.model(request.name)
    if request.tiny and not provided.card.missing_modules():
        request = replace(request, arguments={"path": str(tiny_checkpoint(provided.card, options.cache))})
    return open_candidate(request, provided)


def execute(job: Job, progress: Progress) -> RunResult:
    """Run what is ready; one item's failure does not stop the others.

    Raises:
        KeyboardInterrupt: what is finished stays; the same line goes on from there.
    """
    not_run = job.not_run()
    if not job.ready or (job.options.strict and not_run) or job.options.dry_run:
        code = ExitCode.OK if job.options.dry_run and job.ready else ExitCode.DATA
        return RunResult(None, (), tuple(not_run), (), code)
    folder = open_run(job.label, job.tasks, job.items, job.options)
    records, failed, codes = [], [], []
    for _, group in groupby(job.ready, key=lambda item: item.candidate.name):
        items = list(group)
        with _session(items[0].candidate, job.options) as session:
            for item in items:
                try:
                    cohort = _cohort(item, job.options, progress)
                except DataError as fault:
                    not_run.append(item.lacking("refused", str(fault)).describe())
                    continue
                try:
                    records.append(_run_item(item, cohort, session, job.options, folder, progress).file)
                except Exception as fault:
                    failed.append(_failure(item, fault, folder))
                    codes.append(fault.exit_code if isinstance(fault, UserError) else ExitCode.FAILED)
    folder.log("finished", records=len(records), failed=len(failed), not_run=len(not_run))
    final = _exit_code(job, codes, not_run, bool(records))
    return RunResult(folder.path, tuple(records), tuple(not_run), tuple(failed), final)


@contextmanager
def _session(candidate: Candidate, options: RunOptions) -> Iterator[ModelSession]:
    session = ModelSession(candidate, options.devices)
    try:
        yield session
    finally:
        session.close()


def _exit_code(job: Job, codes: Sequence[int], not_run: Sequence[Mapping[str, str]], any_record: bool) -> int:
    if codes:
        # a plugin's fault has a code of its own; everything else that was started and failed is 1
        return ExitCode.PLUGIN if all(code == ExitCode.PLUGIN for code in codes) else ExitCode.FAILED
    named_lack = any(row["task"] in job.named for row in not_run)
    strict_lack = job.options.strict and bool(not_run)
    return ExitCode.DATA if named_lack or strict_lack or not any_record else ExitCode.OK


def _failure(item: Item, fault: Exception, folder: RunFolder) -> dict[str, str]:
    where = {"model": item.candidate.name, "task": item.task.id}
    if isinstance(fault, UserError):
        reason = str(fault)
    else:
        reason = f"MB801 {type(fault).__name__}: {fault}"
        (folder.path / "traceback.txt").write_text(
            "".join(traceback.format_exception(fault)), encoding="utf-8"
        )
        reason += f" (traceback in {folder.path / 'traceback.txt'})"
    folder.log("failed", **where, kind=type(fault).__name__)
    return {**where, "reason": reason}


def _cohort(item: Item, options: RunOptions, progress: Progress) -> Cohort:
    progress.stage(item.candidate.name, item.task.id, "preparing the cohort", 1)
    cohort = prepare_cohort(item.task, item.roots, options.cache, options.allow_missing)
    progress.step(1)
    return cohort if options.limit is None else limit_cohort(cohort, options.limit)


def _run_item(
    item: Item,
    cohort: Cohort,
    session: ModelSession,
    options: RunOptions,
    folder: RunFolder,
    progress: Progress,
) -> Record:
    begin = time.perf_counter()
    identity = session.handle.identity()
    place = folder.place(item, options.protocol)
    done = _finished(item, place / "record.json", fixed_part(item, cohort, identity, options))
    if done is not None:
        progress.note(f"{item.candidate.name} on {item.task.id}: record is there, nothing to do")
        return done
    context = StageContext(
        item, cohort, session, ImageLoader(item.roots, item.task.image), options, folder, progress
    )
    outcome = run_probe(context) if item.task.kind == "probe" else run_choice(context)
    outcome.write_predictions(place / "predictions.parquet")
    value = assemble_record(context, identity, outcome, time.perf_counter() - begin)
    file = write_record(place, value, {measure.key: measure.replicates for measure in outcome.measures})
    folder.log("record", model=item.candidate.name, task=item.task.id, division=value["division"])
    return read_record(file)


def _finished(item: Item, file: Path, fixed: Mapping[str, object]) -> Record | None:
    """The record on disk when it is whole and was made from the same spec, cohort and model."""
    if not file.is_file():
        return None
    try:
        record = read_record(file)
        record.replicates()
    except UserError:
        return None
    same = record.value["task"]["spec_digest"] == item.task.digest
    same = same and all(record.value[key] == value for key, value in fixed.items())
    return record if same and (file.parent / "predictions.parquet").is_file() else None
