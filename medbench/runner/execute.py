"""The main job: check everything, run what is ready, write records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from medbench.errors import ExitCode, SpecError
from medbench.hooks import Plugins
from medbench.models import LauncherCard, OpenOptions
from medbench.runner.computing import by_model, compute_first, session_of
from medbench.runner.declared import Analyses, declare
from medbench.runner.demo import embedded_data, tiny_checkpoint
from medbench.runner.evaluators import Evaluators, evaluators, lack_of
from medbench.runner.folder import open_run
from medbench.runner.item import Tally, try_item
from medbench.runner.model_rule import follow
from medbench.runner.options import ModelRequest, RunOptions, RunResult
from medbench.runner.progress import Progress
from medbench.runner.readiness import Candidate, Cards, Item, check_items, egress_refusal, open_candidate
from medbench.runner.requests import open_options
from medbench.spec import Catalogue, ModelRule, Task

__all__ = ["Job", "execute", "prepare_job"]


@dataclass(frozen=True)
class Job:
    """A checked run: every model on every task, with its state.

    Attributes:
        label: suite, or task ids joined; the first part of the run folder's name.
        launchers: engines that plugins give, by name.
        named: tasks the user named one by one; one that is not ready makes the exit code 3.
    """

    label: str
    tasks: tuple[Task, ...]
    items: tuple[Item, ...]
    options: RunOptions
    named: frozenset[str]
    launchers: Mapping[str, LauncherCard] = field(default_factory=dict)

    @property
    def ready(self) -> list[Item]:
        """Items that can run."""
        return [item for item in self.items if item.state == "ready"]

    def not_run(self) -> list[dict[str, str]]:
        """What cannot run, and why."""
        lacking = [item.describe() for item in self.items if item.state != "ready"]
        # an analysis that cannot be made; the task's record does not depend on it
        unfit = [
            item.lacking("unsupported", reason).describe() for item in self.ready for reason in item.unfit
        ]
        return [*lacking, *unfit]


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
    described: dict[str, Any] = catalogue.suite(suite) if suite else {"id": "", "tasks": []}
    names = dict.fromkeys([*described["tasks"], *tasks])
    loaded = _tasks(map(catalogue.task, names))
    if described.get("data") == "sample" and options.data_root is None:
        options = replace(options, data_root=embedded_data(options.cache))
    wanted = requests or _suite_models(described)
    _refuse_lost_arguments(wanted, plugins)
    cards = {task.id: catalogue.cards(task) for task in loaded}
    candidates = [_candidate_of(request, plugins, options, cards) for request in wanted]
    checked = check_items(candidates, loaded, cards, options)
    analyses: Analyses = described.get("analyses") or {}
    known = evaluators(plugins)
    items = tuple(_with_suite(item, analyses, known, options.protocol) for item in checked)
    named = dict.fromkeys(catalogue.task(name).id for name in tasks)
    label = "+".join([*([str(described["id"])] if suite else []), *named])
    return Job(label, loaded, items, options, frozenset(named), plugins.launchers())


def _with_suite(item: Item, analyses: Analyses, known: Evaluators, protocol: str) -> Item:
    """A ready item with what it is scored with and the suite's analyses that fit it."""
    if item.state != "ready":
        return item
    lack = lack_of(item.task, protocol, known)
    if lack:
        return item.lacking("unsupported", lack)
    return declare(replace(item, evaluators=known), analyses, protocol)


def _tasks(asked: Iterable[Task]) -> tuple[Task, ...]:
    """Each task once; two files of one id would share a folder, so the second is refused (MB303)."""
    known: dict[str, Task] = {}
    for task in asked:
        first = known.setdefault(task.id, task)
        if first.file.resolve() != task.file.resolve():
            raise SpecError(
                "MB303", f"{task.id!r} is also in {first.file}", str(task.file), "rename one of them"
            )
    return tuple(known.values())


def _suite_models(suite: Mapping[str, object]) -> list[ModelRequest]:
    models = suite.get("models", [])
    assert isinstance(models, list)
    return [
        ModelRequest(m) if isinstance(m, str) else ModelRequest(m["name"], tiny=m["checkpoint"] == "tiny")
        for m in models
    ]


def _refuse_lost_arguments(requests: Sequence[ModelRequest], plugins: Plugins) -> None:
    """Arguments are for every model that has weights; when none has, they would be lost without a word."""
    given = [request for request in requests if request.arguments]
    if given and not any(plugins.model(request.name).card.needs_weights for request in given):
        open_options(plugins.model(given[0].name).card, given[0].arguments)


def _candidate_of(
    request: ModelRequest, plugins: Plugins, options: RunOptions, cards: Mapping[str, Cards]
) -> Callable[[Task], Candidate]:
    """The candidate for a task: opened once for each way in which the tasks' protocols want it run."""

    @cache
    def opened(rule: ModelRule) -> Candidate:
        return _candidate(request, rule, plugins, options)

    def of(task: Task) -> Candidate:
        provided = plugins.model(request.name)
        if egress_refusal(provided.card, cards[task.id], options.allow_egress):
            # a model that may not see the task is not even opened for it
            return Candidate(request, provided, OpenOptions(), None, "")
        protocol = task.protocols.get(options.protocol)
        return opened(protocol.model if protocol else ModelRule(int8=False, open_attention=False))

    return of


def _candidate(request: ModelRequest, rule: ModelRule, plugins: Plugins, options: RunOptions) -> Candidate:
    provided = plugins.model(request.name)
    if not provided.card.needs_weights and not provided.card.arguments:
        request = replace(request, arguments={})
    if request.tiny and not provided.card.missing_modules():
        request = replace(request, arguments={"path": str(tiny_checkpoint(provided.card, options.cache))})
    arguments = follow(rule, provided.card, request.arguments)
    return open_candidate(replace(request, arguments=arguments), provided)


def execute(job: Job, progress: Progress) -> RunResult:
    """Run what is ready; one item's failure does not stop the others.

    Raises:
        KeyboardInterrupt: what is finished stays; the same line goes on from there.
    """
    tally = Tally(not_run=job.not_run())
    if not job.ready or (job.options.strict and tally.not_run) or job.options.dry_run:
        code = _exit_code(job, (), tally.not_run, bool(job.ready))
        return RunResult(None, (), tuple(tally.not_run), (), code)
    folder = open_run(job.label, job.tasks, job.items, job.options)
    computing = compute_first(job.ready, job.options, job.launchers, folder, progress)
    if computing.ends:
        return RunResult(folder.path, (), tuple(tally.not_run), (), computing.code, (), computing.said)
    for items in by_model(job.ready):
        with session_of(items[0], job.options) as session:
            for item in items:
                try_item(item, session, job.options, folder, progress, tally, computing.phase)
    records, failed, not_run = tuple(tally.records), tuple(tally.failed), tuple(tally.not_run)
    folder.log("finished", records=len(records), failed=len(failed), not_run=len(not_run))
    code = _exit_code(job, tally.codes, not_run, bool(records))
    return RunResult(folder.path, records, not_run, failed, code, tuple(tally.analyses))


def _exit_code(job: Job, codes: Sequence[int], not_run: Sequence[Mapping[str, str]], any_record: bool) -> int:
    if codes:
        # a plugin's fault has a code of its own; everything else that was started and failed is 1
        return ExitCode.PLUGIN if all(code == ExitCode.PLUGIN for code in codes) else ExitCode.FAILED
    named_lack = any(row["task"] in job.named for row in not_run)
    strict_lack = job.options.strict and bool(not_run)
    return ExitCode.DATA if named_lack or strict_lack or not any_record else ExitCode.OK
