"""Before scoring: who computes what the store lacks, and with how many replicas."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby

from medbench.errors import UsageError, did_you_mean
from medbench.launchers import Share, find_share
from medbench.models import LauncherCard
from medbench.runner.folder import RunFolder
from medbench.runner.item import compute_item
from medbench.runner.options import RunOptions
from medbench.runner.phase import Phase, Planning, Whole
from medbench.runner.progress import Progress
from medbench.runner.ranks import Ranks
from medbench.runner.readiness import Item
from medbench.runner.rounds import Rounds
from medbench.runner.session import ModelSession
from medbench.runner.sharing import Marks, Sharing

__all__ = ["Computing", "by_model", "compute_first", "session_of"]


@dataclass(frozen=True)
class Computing:
    """How scoring goes on.

    Attributes:
        phase: what scoring does where something is missing.
        ends: nothing is to be scored here.
        said: why, for the reader.
        code: exit code where it ends.
    """

    phase: Phase = field(default_factory=Whole)
    ends: bool = False
    said: str = ""
    code: int = 0


def compute_first(
    items: Sequence[Item],
    options: RunOptions,
    launchers: Mapping[str, LauncherCard],
    folder: RunFolder,
    progress: Progress,
) -> Computing:
    """Compute with whoever was asked for; ``inline`` leaves it to scoring.

    Raises:
        UsageError: no such engine (MB092), or its extra is not installed (MB022).
    """
    if options.devices and any("torch" in item.candidate.provided.card.requires for item in items):
        from medbench.torchkit.devices import device_memory

        # a device that is not there is said before anything is read
        device_memory(options.devices)
    asked = options.launch
    if asked.share is not None:
        said = _share(items, options, folder, progress, asked.share)
        return Computing(ends=True, said=said)
    if asked.engine == "env":
        return _environment(items, options, folder, progress)
    if asked.engine == "inline" or (asked.engine is None and not _several(items, options)):
        return Computing()
    planning = Planning()
    _each(items, options, folder, progress, planning)
    rounds = Rounds(items, options, folder, progress, planning)
    engine = asked.engine or ("local" if rounds.layout.replicas > 1 else "inline")
    rounds.tell(engine)
    if engine == "inline":
        return Computing()
    card = engine_of(engine, launchers)
    detached = rounds.run(card)
    return Computing(ends=True, said=detached) if detached else Computing(rounds.outcome())


def engine_of(name: str, launchers: Mapping[str, LauncherCard]) -> LauncherCard:
    """The launcher of that name, when it can run here.

    Raises:
        UsageError: there is none (MB092), or what it needs is not installed (MB022).
    """
    if name not in launchers:
        raise UsageError("MB092", f"unknown launcher {name!r}", "--launch", did_you_mean(name, launchers))
    card = launchers[name]
    if missing := card.missing_modules():
        hint = f"pip install '{card.extra or ' '.join(missing)}'"
        raise UsageError("MB022", f"{name} needs {', '.join(missing)}", "--launch", hint)
    return card


def _several(items: Sequence[Item], options: RunOptions) -> bool:
    """Whether more than one replica may come of it; without a line there is nothing to start workers with."""
    if not options.launch.line:
        return False
    return (options.launch.replicas or 1) > 1 or any(
        len(ModelSession(members[0].candidate, options.devices).devices) > 1 for members in by_model(items)
    )


def by_model(items: Sequence[Item]) -> list[list[Item]]:
    """Items of each model, opened in one way."""
    return [list(group) for _, group in groupby(items, key=lambda item: id(item.candidate))]


@contextmanager
def session_of(item: Item, options: RunOptions) -> Iterator[ModelSession]:
    """The item's model, freed at the end."""
    session = ModelSession(item.candidate, options.devices)
    try:
        yield session
    finally:
        session.close()


def _each(
    items: Sequence[Item], options: RunOptions, folder: RunFolder, progress: Progress, phase: Phase
) -> None:
    for members in by_model(items):
        with session_of(members[0], options) as session:
            for item in members:
                compute_item(item, session, options, folder, progress, phase)


def _share(
    items: Sequence[Item], options: RunOptions, folder: RunFolder, progress: Progress, share: Share
) -> str:
    """Compute one part; returns what was done."""
    starts = folder.path / "launch" / f"worker-{share.index}.starts"
    again = starts.is_file() and len(starts.read_text(encoding="utf-8").splitlines()) > 1
    marks = Marks(folder.path / "launch" / "tries")
    phase = Sharing(share, marks, careful=again, tries=options.launch.retries + 1)
    _each(items, options, folder, progress, phase)
    for line in phase.failed:
        progress.note(line)
    folder.log("part", part=str(share), shards=phase.written, failed=len(phase.failed))
    return f"part {share}: {phase.written} shards computed; the same line without --shard-of scores"


def _environment(
    items: Sequence[Item], options: RunOptions, folder: RunFolder, progress: Progress
) -> Computing:
    share, source = find_share(os.environ)
    progress.note(f"part {share}, from {source}")
    folder.log("rank", part=str(share), source=source)
    if share.count == 1:
        return Computing()
    with Ranks(folder.path / "launch" / "ranks", share, options.launch.silence) as ranks:
        said = _share(items, options, folder, progress, share)
    if share.index:
        return Computing(ends=True, said=said)
    for line in ranks.wait():
        progress.note(line)
        folder.log("rank", detail=line)
    # what a silent rank left is done here, as is any shard that failed elsewhere
    return Computing()
