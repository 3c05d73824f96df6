"""Protocols after validation: frozen records of everything that one set of fixed choices says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

__all__ = [
    "AdamProbe",
    "ChoiceProtocol",
    "Decoding",
    "ImagePreparation",
    "LbfgsProbe",
    "ModelRule",
    "ProbeProtocol",
    "ProbeSettings",
    "Quantisation",
    "SgdProbe",
    "TapRule",
    "build_choice_protocol",
    "build_probe_protocol",
]

Depth = float | Literal["last"]


@dataclass(frozen=True)
class ImagePreparation:
    """What the harness does to an image before the model's own processor."""

    max_side: int
    normalise: Literal["none", "image-max"]


@dataclass(frozen=True)
class TapRule:
    """Where activations are read, by the kind of model.

    Attributes:
        block: number of a decoder's block, used where the model has it; ``None`` uses the depth.
        depths: shares of a decoder's blocks; several are chosen from by grouped validation inside train.
    """

    block: int | None
    depths: tuple[Depth, ...]
    token: str
    encoder_output: str


@dataclass(frozen=True)
class LbfgsProbe:
    """scikit-learn's L2 logistic regression with C chosen inside train."""

    standardise: bool
    C: tuple[float, ...]
    folds: int
    class_weight: Literal["balanced"] | None
    max_iter: int
    tol: float


@dataclass(frozen=True)
class AdamProbe:
    """One linear layer trained by Adam."""

    standardise: bool
    learning_rate: float
    epochs: int
    batch_size: int
    weight_decay: float
    seed: int


@dataclass(frozen=True)
class SgdProbe:
    """scikit-learn's ``SGDClassifier`` with log loss, one against the rest."""

    standardise: bool
    alpha: float
    max_iter: int
    tol: float
    class_weight: Literal["balanced"] | None
    seed: int


ProbeSettings = LbfgsProbe | AdamProbe | SgdProbe


@dataclass(frozen=True)
class Quantisation:
    """What is done to a decoder's activations before the probe.

    Attributes:
        over: the rows whose extremes set the 256 steps; ``all`` looks at test rows.
    """

    active: bool
    over: Literal["train", "all"]


@dataclass(frozen=True)
class ModelRule:
    """How the model itself is run, where its plugin offers it."""

    int8: bool
    open_attention: bool


@dataclass(frozen=True)
class ProbeProtocol:
    """Tap, prompt and logistic regression of one protocol.

    Attributes:
        text: the prompt's text; ``order``: whether it or the image comes first.
        decoders: the probe for decoders; ``encoders``: the one for encoders.
        matched: models share their bootstrap draws.
    """

    text: str
    order: Literal["image-first", "text-first"]
    image: ImagePreparation
    tap: TapRule
    decoders: ProbeSettings
    encoders: ProbeSettings
    quantisation: Quantisation
    model: ModelRule
    matched: bool


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
    """Template, decodings, and the decoding that ranks."""

    template: str
    image: ImagePreparation
    decodings: tuple[Decoding, ...]
    rank_by: str
    extractor: str
    seed: int
    model: ModelRule
    matched: bool


def build_probe_protocol(protocol: Mapping[str, Any], task: Mapping[str, Any]) -> ProbeProtocol:
    """From a protocol of a resolved and validated probe task, and the task."""
    tap, probe, activations = protocol["tap"], protocol["probe"], protocol["activations"]
    prompt = task["prompt"]
    depth = tap["decoder_depth"]
    return ProbeProtocol(
        text=prompt["wordings"][protocol.get("wording") or prompt["wording"]],
        order=prompt["order"],
        image=_image(protocol, task),
        tap=TapRule(
            tap.get("decoder_block"),
            tuple(depth) if isinstance(depth, list) else (depth,),
            tap["token"],
            tap["encoder_output"],
        ),
        decoders=_probe(probe, "decoders"),
        encoders=_probe(probe, "encoders"),
        quantisation=Quantisation(activations["quantise"] == "8-bit", activations["range"]),
        model=_model(protocol),
        matched=protocol["replicates"] == "matched",
    )


def build_choice_protocol(protocol: Mapping[str, Any], task: Mapping[str, Any]) -> ChoiceProtocol:
    """From a protocol of a resolved and validated choice task, and the task."""
    drawn = ("tries", "top_k", "temperature", "max_new_tokens")
    return ChoiceProtocol(
        template=protocol.get("template") or task["prompt"]["template"],
        image=_image(protocol, task),
        decodings=tuple(
            Decoding(name=name, **{key: decoding[key] for key in drawn})
            for name, decoding in protocol["decodings"].items()
        ),
        rank_by=protocol["rank_by"],
        extractor=protocol["extractor"],
        seed=protocol["seed"],
        model=_model(protocol),
        matched=protocol["replicates"] == "matched",
    )


def _image(protocol: Mapping[str, Any], task: Mapping[str, Any]) -> ImagePreparation:
    image = protocol.get("image") or task["image"]
    return ImagePreparation(image["max_side"], image["normalise"])


def _model(protocol: Mapping[str, Any]) -> ModelRule:
    return ModelRule(
        int8=protocol["weights"] == "int8-where-offered",
        open_attention=protocol["attention_before_first_image"] == "open",
    )


def _probe(probe: Mapping[str, Any], kind: str) -> ProbeSettings:
    solver = probe["solver"][kind]
    settings = probe[solver]
    standardise = settings["standardise"] == "train"
    if solver == "adam":
        return AdamProbe(
            standardise=standardise,
            learning_rate=settings["learning_rate"],
            epochs=settings["epochs"],
            batch_size=settings["batch_size"],
            weight_decay=settings["weight_decay"][kind],
            seed=settings["seed"],
        )
    weight: Literal["balanced"] | None = "balanced" if settings["class_weight"] == "balanced" else None
    if solver == "sgd":
        return SgdProbe(
            standardise, settings["alpha"], settings["max_iter"], settings["tol"], weight, settings["seed"]
        )
    return LbfgsProbe(
        standardise,
        tuple(float(c) for c in settings["C"]),
        settings["folds"],
        weight,
        settings["max_iter"],
        settings["tol"],
    )
