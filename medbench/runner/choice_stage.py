"""A choice task: replies, answers, measures."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial

import numpy as np

from medbench.choice import Case, build_prompt
from medbench.cohort import CohortRow
from medbench.errors import PluginError
from medbench.inference import (
    REPLIES,
    StoreKey,
    Work,
    compute_replies,
    image_addresses,
    make_plan,
    prompt_address,
    reply_address,
    row_seed,
)
from medbench.models import ImagePart, Need, Prompt, Reply, Sampling
from medbench.runner.blank import blank_image
from medbench.runner.content import unchanged
from medbench.runner.extractor import Extractor, contained
from medbench.runner.model_rule import shortfalls
from medbench.runner.outcome import Outcome, StageContext
from medbench.scoring import ChoicePredictions, DecodingOutcome, measure_choice, write_choice
from medbench.spec import ChoiceProtocol, Decoding

__all__ = ["compute_choice", "run_choice"]


@dataclass(frozen=True)
class _Asked:
    """The prompts of all cases: their addresses, and how to build one with its images decoded."""

    context: StageContext
    template: str
    exemplars: tuple[Case, ...]
    rows: Mapping[str, CohortRow]
    addresses: tuple[str, ...]

    def prompt(self, address: str) -> Prompt:
        prompt = build_prompt(self.template, self.exemplars, _case(self.context, self.rows[address]))
        return unchanged(prompt, address)


def run_choice(context: StageContext) -> Outcome:
    """Generate what the store lacks, extract answers, score them."""
    protocol = context.protocol
    assert isinstance(protocol, ChoiceProtocol)
    cases = context.rows("test")
    asked = _ask(context, protocol.template, context.rows("exemplar"), cases)
    extractor = contained(context.item.evaluators.extractors[protocol.extractor])
    outcomes: dict[str, DecodingOutcome] = {}
    for decoding in protocol.decodings:
        replies = _replies(context, asked, decoding, protocol)()
        _refuse_all_errors(replies, decoding.name)
        outcomes[decoding.name] = _extract(replies, cases, extractor)
    predictions = _predictions(context, cases, outcomes)
    task = context.item.task
    measures = measure_choice(predictions, task.report, task.strata, context.counts(predictions.groups))
    primary = next(
        m.key
        for m in measures
        if m.id == task.primary and m.decoding == protocol.rank_by and m.stratum is None
    )
    return Outcome(
        measures=measures,
        primary=primary,
        coverage=_coverage(outcomes[protocol.rank_by]),
        rulings=shortfalls(protocol.model, context.item.candidate.provided.card),
        selection=None,
        decodings={d.name: {**asdict(d), "extractor": protocol.extractor} for d in protocol.decodings},
        write_predictions=lambda path: write_choice(path, predictions),
        rows_computed=sum(context.computed),
    )


def compute_choice(context: StageContext) -> None:
    """Generate what the phase wants of it; nothing is extracted or scored."""
    protocol = context.protocol
    assert isinstance(protocol, ChoiceProtocol)
    asked = _ask(context, protocol.template, context.rows("exemplar"), context.rows("test"))
    for decoding in protocol.decodings:
        _replies(context, asked, decoding, protocol)


def _ask(
    context: StageContext, template: str, exemplar_rows: Sequence[CohortRow], cases: Sequence[CohortRow]
) -> _Asked:
    digests = image_addresses(
        context.loader, [*exemplar_rows, *cases], context.options.cache, context.progress.step
    )
    exemplars = tuple(_case(context, row) for row in exemplar_rows)
    blank = blank_image().image
    addresses = []
    for row in cases:
        shown = tuple(ImagePart(blank, digests[row.source, image]) for image in row.images)
        addresses.append(prompt_address(build_prompt(template, exemplars, _written(row, shown))))
    return _Asked(context, template, exemplars, dict(zip(addresses, cases, strict=True)), tuple(addresses))


def _case(context: StageContext, row: CohortRow) -> Case:
    return _written(row, tuple(context.loader.load(row.source, image) for image in row.images))


def _written(row: CohortRow, images: tuple[ImagePart, ...]) -> Case:
    options = row.columns["options"]
    assert isinstance(options, tuple) and isinstance(row.label, int)
    return Case(str(row.columns["question"]), options, row.label, images)


def _replies(
    context: StageContext, asked: _Asked, decoding: Decoding, protocol: ChoiceProtocol
) -> Callable[[], list[list[Reply]]]:
    """Compute what the phase wants of a decoding; gives a reader of the replies."""
    task, handle = context.item.task, context.session.handle
    seed = protocol.seed if context.options.seed is None else context.options.seed
    seeds = {
        a: [row_seed(task.digest, a, attempt, seed) for attempt in range(decoding.tries)]
        for a in asked.addresses
    }
    row_of = {reply_address(a, seeds[a] if decoding.top_k else []): a for a in asked.addresses}
    rows = list(row_of)
    open_case = Case("{question}", ("{option}",), 0, (blank_image(),))
    key = StoreKey(
        identity=context.session.key_values(),
        preparation=context.loader.preparation_key,
        template=handle.render(build_prompt(asked.template, asked.exemplars, open_case)),
        decoding={k: v for k, v in asdict(decoding).items() if k != "name"},
    )
    store = context.open_store(key)
    plan_file = context.place / f"shards-{decoding.name}.json"
    plan = make_plan(plan_file, store, rows, [REPLIES], context.batch_size)
    left = sum(len(shard.rows) for shard in plan.left(store))
    context.stage(f"asking, {decoding.name}", left)
    context.computed.append(left)
    work = Work(
        store=store,
        plan=plan,
        prompt=lambda row: asked.prompt(row_of[row]),
        step=context.progress.step,
        load=lambda: context.session.model(need),
        pixels=context.loader.pixels,
        tell=partial(context.folder.log, "shard"),
    )
    need = Need(generate=True)
    sampling = Sampling(decoding.max_new_tokens, decoding.temperature, decoding.top_k)
    context.phase.run(
        work, need, lambda part: compute_replies(part, sampling, lambda row: seeds[row_of[row]])
    )
    context.learn(store)
    wanted = [reply_address(a, seeds[a] if decoding.top_k else []) for a in asked.addresses]
    return lambda: store.replies(wanted)


def _refuse_all_errors(replies: Sequence[Sequence[Reply]], decoding: str) -> None:
    """A fault that every row shares is the model's, not the cases'; it must not become a score of 0."""
    if all(reply.finish == "error" for tries in replies for reply in tries):
        raise PluginError("MB713", f"every reply of {decoding} failed")


def _extract(
    replies: Sequence[Sequence[Reply]], cases: Sequence[CohortRow], extract: Extractor
) -> DecodingOutcome:
    shape = (len(replies), len(replies[0]))
    options, tokens = np.full(shape, -1, dtype=np.int64), np.zeros(shape, dtype=np.int64)
    status, rules = np.full(shape, "error", dtype="U10"), np.full(shape, "", dtype="U40")
    for case, attempt in np.ndindex(shape):
        reply = replies[case][attempt]
        tokens[case, attempt] = reply.n_tokens
        if reply.finish == "error":
            continue
        choices = cases[case].columns["options"]
        assert isinstance(choices, tuple)
        verdict = extract(reply.text, choices)
        status[case, attempt], rules[case, attempt] = verdict.status, verdict.rule
        options[case, attempt] = -1 if verdict.option is None else verdict.option
    return DecodingOutcome(options, status, rules, tokens)


def _predictions(
    context: StageContext, cases: Sequence[CohortRow], outcomes: Mapping[str, DecodingOutcome]
) -> ChoicePredictions:
    strata = context.item.task.strata
    stratum = None
    if strata is not None:
        shares = [row.columns.get(strata.column) for row in cases]
        stratum = np.array([float(s) if isinstance(s, int | float) else np.nan for s in shares])
    return ChoicePredictions(
        answers=np.array([row.label for row in cases], dtype=np.int64),
        n_options=np.array([len(row.columns["options"] or ()) for row in cases], dtype=np.int64),  # type: ignore[arg-type]
        groups=np.array([row.group for row in cases], dtype=np.int64),
        stratum=stratum,
        decodings=outcomes,
    )


def _coverage(outcome: DecodingOutcome) -> dict[str, int]:
    status = outcome.status[:, 0]
    named = {"n_scored": "answered", "n_unparsed": "unparsed", "n_refused": "refused", "n_error": "error"}
    return {"n_spec": len(status), **{key: int((status == value).sum()) for key, value in named.items()}}
