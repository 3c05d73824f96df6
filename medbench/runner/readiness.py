"""Before anything runs: which model can run which task here, and what the others lack."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from medbench.cohort import SourceState, source_states
from medbench.cohort.sources import READERS
from medbench.errors import DataError, PluginError, UsageError, UserError, did_you_mean
from medbench.hooks import ProvidedModel
from medbench.models import Capability, Handle, ModelCard, OpenOptions, offered
from medbench.runner.evaluators import Evaluators
from medbench.runner.options import ModelRequest, RunOptions
from medbench.runner.requests import open_options
from medbench.spec import Task

__all__ = ["Candidate", "Cards", "Item", "check_items", "egress_refusal"]

State = Literal["ready", "missing", "unsupported", "refused"]
Cards = Mapping[str, Mapping[str, Any]]
"""Source cards by source id."""


@dataclass(frozen=True)
class Candidate:
    """A requested model: its card, how it opens, and its handle when it did."""

    request: ModelRequest
    provided: ProvidedModel
    options: OpenOptions
    handle: Handle | None
    lack: str

    @property
    def name(self) -> str:
        """The card's name, marked where the weights are a tiny random checkpoint."""
        return self.provided.card.name + ("-tiny" if self.request.tiny else "")


@dataclass(frozen=True)
class Item:
    """One model on one task.

    Attributes:
        reason: what is missing, in words for a person; empty when ready.
        ask: where to ask for it.
        analyses: settings of the suite's analyses that are made for it.
        unfit: those that name its task and cannot be made, and why.
        evaluators: what it is scored with.
    """

    candidate: Candidate
    task: Task
    roots: Mapping[str, Path]
    cards: Cards
    state: State
    reason: str = ""
    ask: str = ""
    analyses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    unfit: tuple[str, ...] = ()
    evaluators: Evaluators = field(default_factory=Evaluators)

    def lacking(self, state: State, reason: str) -> Item:
        """The same item after a lack was found in its data."""
        return replace(self, state=state, reason=reason)

    def describe(self) -> dict[str, str]:
        """Its row of ``not_run``."""
        return {
            "model": self.candidate.name,
            "task": self.task.id,
            "state": self.state,
            "reason": self.reason,
            "ask": self.ask,
        }


def open_candidate(request: ModelRequest, provided: ProvidedModel) -> Candidate:
    """Open the handle, or say what it lacks; a broken plugin raises.

    Raises:
        UsageError: a wrong ``--model-args``.
        PluginError: the plugin's opener fails.
    """
    card = provided.card
    options = open_options(card, request.arguments)
    modules = card.missing_modules()
    if modules:
        lack = f"needs {', '.join(modules)}: pip install '{card.extra or ' '.join(modules)}'"
        return Candidate(request, provided, options, None, lack)
    try:
        return Candidate(request, provided, options, card.open(options), "")
    except DataError as fault:
        return Candidate(
            request,
            provided,
            options,
            None,
            f"{fault.message} ({fault.hint})" if fault.hint else fault.message,
        )
    except (KeyboardInterrupt, UserError):
        raise
    except BaseException as fault:
        raise PluginError(
            "MB704", f"could not be opened: {type(fault).__name__}: {fault}", where=card.name
        ) from fault


def check_items(
    candidates: Sequence[Callable[[Task], Candidate]],
    tasks: Sequence[Task],
    cards: Mapping[str, Cards],
    options: RunOptions,
) -> list[Item]:
    """Every model on every task, models outermost.

    Args:
        candidates: each gives a model as the protocol of a task wants it run.
        cards: by task id, the card of each of its sources; two tasks may call their own data the same.

    Raises:
        UsageError: no task defines the protocol (MB008); nobody has a source that may leave (MB017).
    """
    _refuse_unknown_sources(options.allow_egress, cards)
    if not any(options.protocol in task.protocols for task in tasks):
        known = dict.fromkeys(name for task in tasks for name in task.protocols)
        names = ", ".join(task.id for task in tasks)
        hint = did_you_mean(options.protocol, known)
        raise UsageError("MB008", f"{names}: no protocol {options.protocol!r}", "--protocol", hint)
    states = {task.id: source_states(task.data, options.data_root, options.source_paths) for task in tasks}
    return [
        _check(candidate_of(task), task, states[task.id], cards[task.id], options)
        for candidate_of in candidates
        for task in tasks
    ]


def _check(
    candidate: Candidate, task: Task, states: Sequence[SourceState], cards: Cards, options: RunOptions
) -> Item:
    roots = {state.source: state.root for state in states if state.root is not None}
    base = (candidate, task, roots, cards)
    unsupported = _unsupported(candidate, task, options.protocol)
    if unsupported:
        return Item(*base, "unsupported", unsupported)
    refused = egress_refusal(candidate.provided.card, cards, options.allow_egress)
    if refused:
        return Item(*base, "refused", refused)
    lacks = {
        lack: [s.source for s in states if s.lack == lack] for lack in dict.fromkeys(s.lack for s in states)
    }
    reasons = [f"{', '.join(sources)}: {lack}" for lack, sources in lacks.items() if lack]
    where = dict.fromkeys(cards[s.source]["access"]["url"] for s in states if s.lack)
    if candidate.lack:
        reasons.append(f"{candidate.name}: {candidate.lack}")
    if reasons:
        return Item(*base, "missing", "; ".join(reasons), ", ".join(filter(None, where)))
    return Item(*base, "ready")


def _unsupported(candidate: Candidate, task: Task, protocol: str) -> str:
    card = candidate.provided.card
    if protocol not in task.protocols:
        return f"{task.id} has no protocol {protocol!r}"
    needed: Capability = "activations" if task.kind == "probe" else "generate"
    if needed not in offered(card, candidate.handle):
        return f"{card.name} does not {'give activations' if needed == 'activations' else 'generate replies'}"
    if task.kind == "choice" and "images" not in card.inputs:
        return f"{card.name} takes one image a prompt; exemplars need several"
    return ""


def egress_refusal(card: ModelCard, cards: Cards, allowed: Collection[str]) -> str:
    """Why a remote model may not see a task's sources; empty where it may, or where it is not remote.

    Args:
        allowed: sources whose card says ``ask``, and for which the user has said yes.
    """
    if card.egress == "none":
        return ""
    for source, described in cards.items():
        asked = described["egress"] == "ask" and source in allowed
        if described["egress"] != "allowed" and not asked:
            ask = f"; --allow-egress {source} allows it" if described["egress"] == "ask" else ""
            return f"{card.name} is remote, and {source} may not leave this machine{ask}"
    return ""


def _refuse_unknown_sources(named: Sequence[str], cards: Mapping[str, Cards]) -> None:
    known = {*READERS, *(source for of_task in cards.values() for source in of_task)}
    for source in named:
        if source not in known:
            hint = did_you_mean(source, known)
            raise UsageError("MB017", f"unknown source {source!r}", "--allow-egress", hint)
