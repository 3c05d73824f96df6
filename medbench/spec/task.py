"""A task after validation: frozen records that the rest of the house reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from medbench.spec.own_data_meaning import Unit, group_of, identity_columns
from medbench.spec.protocol import ChoiceProtocol, ProbeProtocol, build_choice_protocol, build_probe_protocol

__all__ = [
    "DataSpec",
    "Label",
    "LocalSource",
    "SourcePart",
    "Split",
    "Statistics",
    "Strata",
    "Task",
    "build_task",
]


@dataclass(frozen=True)
class SourcePart:
    """A source, or some of the provider's own parts of it (``parts`` empty: all)."""

    source: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class LocalSource:
    """A data set of one's own, declared in the task: ``data.sources`` in the schema.

    Attributes:
        reader: ``image-csv`` or ``image-folder``.
        settings: the declaration with its defaults, plain values.
        home: folder of the spec file that declares it, where its files lie unless the user says otherwise.
    """

    id: str
    reader: Literal["image-csv", "image-folder"]
    settings: Mapping[str, Any]
    home: Path

    @property
    def identity_columns(self) -> frozenset[str]:
        """Columns that tell people or images apart, which no result may hold."""
        return identity_columns(self.settings)

    @property
    def group(self) -> tuple[Unit, str | None]:
        """What a split never cuts, and what names it: patient, else lesion, else image."""
        return group_of(self.settings)


@dataclass(frozen=True)
class Label:
    """The label column; ``classes`` is empty where ``more_than`` chooses the labels on the cohort."""

    column: str
    classes: tuple[str, ...]
    multilabel: bool = False
    more_than: int | None = None


@dataclass(frozen=True)
class Split:
    """How a source that is in both train and test is divided (the task schema's ``data.split``)."""

    rule: Literal["by-group", "stratified"]
    fraction: float
    rounding: Literal["floor", "ceil"]
    seed: int
    group: str = "image"
    strata: tuple[str, ...] = ()
    eligible: tuple[str, str] | None = None


@dataclass(frozen=True)
class DataSpec:
    """Which samples. A choice task has ``test`` (its cases) and ``exemplars``, no ``train``.

    Attributes:
        expected: the stated counts; empty where none are.
        local: the task's own data sets, by source id.
        duplicates: whether a test image that is in train too is refused, or only counted.
    """

    train: tuple[SourcePart, ...]
    test: tuple[SourcePart, ...]
    options: Mapping[str, Mapping[str, str]]
    expected: Mapping[str, Any]
    label: Label | None = None
    split: Split | None = None
    exemplars: int = 0
    until: str = ""
    local: Mapping[str, LocalSource] = field(default_factory=dict)
    duplicates: Literal["refuse", "report"] = "refuse"

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids, each once, in the order of the spec."""
        return tuple(dict.fromkeys(part.source for part in (*self.train, *self.test)))


@dataclass(frozen=True)
class Statistics:
    """Resampling, the same for every model."""

    replicates: int
    seed: int
    level: float


@dataclass(frozen=True)
class Strata:
    """Difficulty strata in percent; ``closed`` says which edge belongs to a stratum."""

    column: str
    edges: tuple[float, ...]
    closed: Literal["left", "right"]


@dataclass(frozen=True)
class Task:
    """One benchmark.

    Attributes:
        resolved: the spec after ``extends``, plain values.
        digest: SHA-256 of all that can change a score.
        file: the spec file.
        reference: file with the published numbers.
    """

    id: str
    kind: Literal["probe", "choice"]
    title: str
    discipline: str
    data: DataSpec
    statistics: Statistics
    primary: str
    report: tuple[str, ...]
    report_by: tuple[str, ...]
    protocols: Mapping[str, ProbeProtocol | ChoiceProtocol]
    strata: Strata | None
    resolved: Mapping[str, Any]
    digest: str
    file: Path
    reference: Path | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Columns of a sample that a score of the task can depend on, beside its label."""
        if self.kind == "choice":
            return ("question", "options", *((self.strata.column,) if self.strata else ()))
        return tuple(column for column in self.report_by if column != "source")


def build_task(
    value: Mapping[str, Any],
    file: Path,
    digest: str,
    homes: Mapping[str, Path],
    reference: Path | None = None,
) -> Task:
    """Records from a resolved and validated spec.

    Args:
        homes: for each local source, the folder of the file that declares it.
    """
    probe = value["kind"] == "probe"
    strata = value.get("strata")
    return Task(
        id=value["id"],
        kind=value["kind"],
        title=value["title"],
        discipline=value["discipline"],
        data=_probe_data(value["data"], homes) if probe else _choice_data(value["data"]),
        statistics=Statistics(**{k: value["statistics"][k] for k in ("replicates", "seed", "level")}),
        primary=value["metrics"]["primary"],
        report=tuple(value["metrics"]["report"]),
        report_by=tuple(value.get("report_by", ())),
        protocols={
            name: (build_probe_protocol if probe else build_choice_protocol)(protocol, value)
            for name, protocol in value["protocols"].items()
        },
        strata=Strata(strata["column"], tuple(strata["edges"]), strata["closed"]) if strata else None,
        resolved=value,
        digest=digest,
        file=file,
        reference=reference,
    )


def _probe_data(data: Mapping[str, Any], homes: Mapping[str, Path]) -> DataSpec:
    classes = data["label"]["classes"]
    by_rule = isinstance(classes, Mapping)
    label = Label(
        column=data["label"]["column"],
        classes=() if by_rule else tuple(classes),
        multilabel=data["label"]["multilabel"],
        more_than=classes["more_than"] if by_rule else None,
    )
    return DataSpec(
        train=tuple(map(_part, data["train"])),
        test=tuple(map(_part, data["test"])),
        options=data["options"],
        expected=data.get("expected") or {},
        label=label,
        split=_split(data["split"]) if data.get("split") else None,
        duplicates=data["duplicates"],
        local={
            name: LocalSource(name, source["reader"], source, homes[name])
            for name, source in data["sources"].items()
        },
    )


def _choice_data(data: Mapping[str, Any]) -> DataSpec:
    return DataSpec(
        train=(),
        test=tuple(map(_part, data["cases"])),
        options={},
        expected=data.get("expected") or {},
        exemplars=data["exemplars"]["count"],
        until=data["until"],
    )


def _part(part: Any) -> SourcePart:
    return SourcePart(part) if isinstance(part, str) else SourcePart(part["source"], tuple(part["parts"]))


def _split(split: Mapping[str, Any]) -> Split:
    eligible = split.get("eligible")
    return Split(
        rule=split["rule"],
        fraction=split["test_fraction"] if split["rule"] == "by-group" else split["train_fraction"],
        rounding=split["rounding"],
        seed=split["seed"],
        group=split.get("group", "image"),
        strata=tuple(split.get("strata", ())),
        eligible=(eligible["column"], eligible["equals"]) if eligible else None,
    )
