"""A task after validation: frozen records that the rest of the house reads."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "ChoiceProtocol",
    "DataSpec",
    "Decoding",
    "ImagePreparation",
    "Label",
    "ProbeProtocol",
    "SourcePart",
    "Split",
    "Statistics",
    "Strata",
    "TapRule",
    "Task",
    "build_task",
]


@dataclass(frozen=True)
class SourcePart:
    """A source, or some of the provider's own parts of it (``parts`` empty: all)."""

    source: str
    parts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Label:
    """The label column; ``classes`` is empty where ``more_than`` chooses the labels on the cohort."""

    column: str
    classes: tuple[str, ...]
    multilabel: bool = False
    more_than: int | None = None


@dataclass(frozen=True)
class Split:
    """How a source that is in both train and test is divided (``benchmarks/schemas``: ``split``)."""

    rule: Literal["by-group", "stratified"]
    fraction: float
    rounding: Literal["floor", "ceil"]
    seed: int
    strata: tuple[str, ...] = ()
    eligible: tuple[str, str] | None = None


@dataclass(frozen=True)
class DataSpec:
    """Which samples. A choice task has ``test`` (its cases) and ``exemplars``, no ``train``."""

    train: tuple[SourcePart, ...]
    test: tuple[SourcePart, ...]
    options: Mapping[str, Mapping[str, str]]
    expected: Mapping[str, Any]
    label: Label | None = None
    split: Split | None = None
    exemplars: int = 0
    until: str = ""

    @property
    def sources(self) -> tuple[str, ...]:
        """Source ids, each once, in the order of the spec."""
        return tuple(dict.fromkeys(part.source for part in (*self.train, *self.test)))


@dataclass(frozen=True)
class ImagePreparation:
    """What the harness does to an image before the model's own processor."""

    max_side: int
    normalise: Literal["none", "image-max"]


@dataclass(frozen=True)
class Statistics:
    """Resampling, the same for every model."""

    replicates: int
    seed: int
    level: float


@dataclass(frozen=True)
class TapRule:
    """Where activations are read, by the kind of model."""

    decoder_depth: float
    token: str
    encoder_output: str


@dataclass(frozen=True)
class ProbeProtocol:
    """Tap and logistic regression of one protocol."""

    tap: TapRule
    standardise: bool
    C: tuple[float, ...]
    folds: int
    class_weight: str | None
    max_iter: int
    tol: float


@dataclass(frozen=True)
class Decoding:
    """How replies are drawn; ``top_k`` 0 is greedy."""

    name: str
    tries: int
    top_k: int
    temperature: float
    max_new_tokens: int


@dataclass(frozen=True)
class ChoiceProtocol:
    """Decodings of one protocol, and the one that ranks."""

    decodings: tuple[Decoding, ...]
    rank_by: str
    extractor: str
    seed: int


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
    image: ImagePreparation
    prompt: Mapping[str, str]
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


def build_task(value: Mapping[str, Any], file: Path, digest: str, reference: Path | None = None) -> Task:
    """Records from a resolved and validated spec."""
    build_protocol = _probe_protocol if value["kind"] == "probe" else _choice_protocol
    strata = value.get("strata")
    return Task(
        id=value["id"],
        kind=value["kind"],
        title=value["title"],
        discipline=value["discipline"],
        data=_probe_data(value["data"]) if value["kind"] == "probe" else _choice_data(value["data"]),
        image=ImagePreparation(value["image"]["max_side"], value["image"]["normalise"]),
        prompt=value["prompt"],
        statistics=Statistics(**{k: value["statistics"][k] for k in ("replicates", "seed", "level")}),
        primary=value["metrics"]["primary"],
        report=tuple(value["metrics"]["report"]),
        report_by=tuple(value.get("report_by", ())),
        protocols={name: build_protocol(protocol) for name, protocol in value["protocols"].items()},
        strata=Strata(strata["column"], tuple(strata["edges"]), strata["closed"]) if strata else None,
        resolved=value,
        digest=digest,
        file=file,
        reference=reference,
    )


def _probe_data(data: Mapping[str, Any]) -> DataSpec:
    classes = data["label"]["classes"]
    by_rule = isinstance(classes, Mapping)
    label = Label(
        column=data["label"]["column"],
        classes=() if by_rule else tuple(classes),
        multilabel=data["label"].get("multilabel", False),
        more_than=classes["more_than"] if by_rule else None,
    )
    return DataSpec(
        train=tuple(map(_part, data["train"])),
        test=tuple(map(_part, data["test"])),
        options=data.get("options", {}),
        expected=data["expected"],
        label=label,
        split=_split(data["split"]) if "split" in data else None,
    )


def _choice_data(data: Mapping[str, Any]) -> DataSpec:
    return DataSpec(
        train=(),
        test=tuple(map(_part, data["cases"])),
        options={},
        expected=data["expected"],
        exemplars=data["exemplars"]["count"],
        until=data.get("until", ""),
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
        strata=tuple(split.get("strata", ())),
        eligible=(eligible["column"], eligible["equals"]) if eligible else None,
    )


def _probe_protocol(protocol: Mapping[str, Any]) -> ProbeProtocol:
    tap, probe = protocol["tap"], protocol["probe"]
    return ProbeProtocol(
        tap=TapRule(tap["decoder_depth"], tap["token"], tap["encoder_output"]),
        standardise=probe["standardise"] == "train",
        C=tuple(float(c) for c in probe["C"]),
        folds=probe["folds"],
        class_weight=None if probe["class_weight"] == "none" else probe["class_weight"],
        max_iter=probe["max_iter"],
        tol=probe["tol"],
    )


def _choice_protocol(protocol: Mapping[str, Any]) -> ChoiceProtocol:
    decodings = tuple(Decoding(name=name, **_decoding(d)) for name, d in protocol["decodings"].items())
    return ChoiceProtocol(decodings, protocol["rank_by"], protocol["extractor"], protocol["seed"])


def _decoding(decoding: Mapping[str, Any]) -> dict[str, Any]:
    return {key: decoding[key] for key in ("tries", "top_k", "temperature", "max_new_tokens")}
