"""Names in ``medbench.toml`` against what there is: sources, models and their arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from medbench.errors import UserError, did_you_mean

if TYPE_CHECKING:
    from medbench.hooks import Plugins
    from medbench.spec import Catalogue
    from medbench.spec.config import Config
    from medbench.spec.faults import Fault, Origin

__all__ = ["at_its_place", "check_protocol", "check_sources", "model_tables"]


def check_sources(config: Config, specs: Catalogue, tasks: Sequence[str] = ()) -> None:
    """Refuse ``[sources]`` that nobody has.

    Args:
        tasks: tasks that are asked for, which may be paths of specs that the catalogue has not.

    Raises:
        SpecError: an id is neither a source with a card nor declared by a task that loads.
    """
    from medbench.spec.faults import raise_faults

    unknown = [source for source in config.sources if source not in specs.source_files]
    local = _local_sources(specs, tasks) if unknown else set()
    raise_faults(
        config.fault(
            ("sources", source),
            "MB017",
            f"unknown source {source!r}",
            did_you_mean(source, [*specs.source_files, *local]),
        )
        for source in unknown
        if source not in local
    )


def check_protocol(config: Config, specs: Catalogue) -> None:
    """Refuse a protocol that no task has.

    Raises:
        SpecError: it is no task's (MB008).
    """
    from medbench.spec.faults import raise_faults

    if ("run", "protocol") not in config.origins:
        return
    known: set[str] = set()
    for name in specs.task_files:
        try:
            known.update(specs.task(name).protocols)
        except UserError:
            continue  # what is wrong with a task is not the settings' fault
    if config.run.protocol not in known:
        message, hint = (
            f"no task has a protocol {config.run.protocol!r}",
            did_you_mean(config.run.protocol, known),
        )
        raise_faults([config.fault(("run", "protocol"), "MB008", message, hint)])


def _local_sources(specs: Catalogue, tasks: Sequence[str]) -> set[str]:
    found: set[str] = set()
    for name in (*specs.task_files, *tasks):
        try:
            found.update(specs.task(name).data.local)
        except UserError:
            continue  # the command that asks for this task says what is wrong with it
    return found


def model_tables(config: Config, loaded: Plugins, everything: bool) -> dict[str, Mapping[str, str]]:
    """``[models]`` by the name on each model's card.

    Args:
        everything: every plugin that is installed is loaded, so that a model that none knows does not exist.

    Raises:
        SpecError: a model is unknown or stands twice, or has no such argument.
    """
    from medbench.spec.faults import raise_faults

    tables: dict[str, Mapping[str, str]] = {}
    faults: list[Fault] = []
    for name, given in config.models.items():
        try:
            card = loaded.model(name).card
        except UserError as fault:
            if everything:
                faults.append(config.fault(("models", name), fault.code, fault.message, fault.hint))
            continue
        if card.name in tables:
            faults.append(config.fault(("models", name), "MB104", f"{name} is {card.name} once more"))
        tables[card.name] = given
        faults += _argument_faults(config, name, loaded)
    raise_faults(faults)
    return tables


def _argument_faults(config: Config, name: str, loaded: Plugins) -> Iterator[Fault]:
    from medbench.runner.requests import open_options

    for key, value in config.models[name].items():
        try:
            open_options(loaded.model(name).card, {key: value})
        except UserError as fault:
            yield config.fault(("models", name, key), fault.code, fault.message, fault.hint)


@contextmanager
def at_its_place(places: Mapping[str, Origin]) -> Iterator[None]:
    """An option's wrong value that ``medbench.toml`` gave is shown there; ``places`` is by option."""
    try:
        yield
    except UserError as fault:
        option = fault.where.partition(" ")[0]
        fault.where = str(places.get(option, fault.where))
        raise
