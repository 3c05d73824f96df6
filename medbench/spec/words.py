"""A task in plain sentences, every one made from its values."""

from __future__ import annotations

from collections.abc import Iterator

from medbench.spec.protocol import (
    AdamProbe,
    ChoiceProtocol,
    Decoding,
    LbfgsProbe,
    ProbeProtocol,
    ProbeSettings,
    TapRule,
)
from medbench.spec.task import DataSpec, Label, SourcePart, Split, Task

__all__ = ["protocol_in_words", "task_in_words"]


def task_in_words(task: Task) -> dict[str, str]:
    """Sentences under headings, in reading order: what a reviewer asks first."""
    return dict(_headed(task))


def _headed(task: Task) -> Iterator[tuple[str, str]]:
    data = task.data
    if task.kind == "probe":
        yield "task", "a linear probe on frozen activations"
        yield "train", _parts(data.train)
        yield "test", _parts(data.test)
    else:
        yield "task", "multiple choice, answered in words"
        until = f", published up to {data.until}" if data.until else ""
        shown = f"the earliest {data.exemplars} are shown solved and never scored"
        yield "cases", f"{_parts(data.test)}{until}; {shown}"
    if data.label:
        yield "label", _label(data.label)
    if data.split:
        yield "split", _split(data.split)
    if data.expected:
        yield "counts", _counts(data)
    yield (
        "ranks by",
        f"{task.primary}; also reported: {_listed([m for m in task.report if m != task.primary])}",
    )
    if task.report_by:
        yield "apart", f"the score is also given for each {_listed(task.report_by)}"
    if task.strata:
        edges = ", ".join(f"{edge:g}" for edge in task.strata.edges)
        side = f"each stratum holds its {task.strata.closed} edge, and the outermost edges"
        yield "strata", f"{task.strata.column} in percent, cut at {edges}; {side}"
    statistics = task.statistics
    resamples = f"{statistics.replicates:,} bootstrap replicates of whole groups, seed {statistics.seed}"
    yield "intervals", f"{resamples}, {statistics.level:.0%} intervals"


def _parts(parts: tuple[SourcePart, ...]) -> str:
    return _listed(
        [f"{part.source} ({_listed(part.parts)} only)" if part.parts else part.source for part in parts]
    )


def _label(label: Label) -> str:
    if label.more_than is not None:
        return (
            f"every value of {label.column} with more than {label.more_than} positives in the test part; "
            "a sample may have several"
        )
    several = "; a sample may have several" if label.multilabel else ""
    return f"{label.column}: {', '.join(label.classes)}{several}"


def _split(split: Split) -> str:
    if split.rule == "stratified":
        share = (
            f"{split.rounding}({split.fraction:g} x samples) of each {' and '.join(split.strata)} is train"
        )
        return f"{share}, the rest test; drawn with seed {split.seed}"
    who = f"{split.group}s"
    if split.eligible:
        who += f" with a row whose {split.eligible[0]} is {split.eligible[1]}"
    share = f"{split.rounding}({split.fraction:g} x {who}) is test, the rest train; no {split.group} is cut"
    return f"{share}; drawn with seed {split.seed}"


def _counts(data: DataSpec) -> str:
    numbers = _listed([f"{n:,} {name}" for name, n in data.expected.items() if isinstance(n, int)])
    if data.expected["tolerance"] == "exact":
        return f"{numbers}; another count is an error"
    span = data.expected.get("test_range")
    sides = f"{span[0]:,} to {span[1]:,} test images fit" if span else "the sides may vary"
    return f"{numbers}; the split is drawn: {sides}, and the sum may not vary"


def protocol_in_words(protocol: ProbeProtocol | ChoiceProtocol) -> str:
    """One sentence: what is read or asked, and how it becomes a score."""
    parts = _probe(protocol) if isinstance(protocol, ProbeProtocol) else _choice(protocol)
    rest = []
    if protocol.image.normalise == "image-max":
        rest.append("images divided by their own maximum")
    if protocol.model.int8:
        rest.append("8-bit weights where the plugin offers them")
    if protocol.model.open_attention:
        rest.append("attention before the first image open where the plugin offers it")
    if not protocol.matched:
        rest.append("each model has bootstrap draws of its own")
    return "; ".join([*parts, *rest])


def _probe(protocol: ProbeProtocol) -> Iterator[str]:
    first = protocol.order == "image-first"
    yield f"shows {'the image, then' if first else 'the image after'} “{protocol.text}”"
    yield f"reads {_tap(protocol.tap)}, {protocol.tap.encoder_output} output of encoders"
    if protocol.quantisation.active:
        over = "train rows" if protocol.quantisation.over == "train" else "all rows, test rows too"
        yield f"rounds decoders' activations to 8 bits, the range from {over}"
    same = protocol.decoders == protocol.encoders
    yield _fit(protocol.decoders) + ("" if same else f" for decoders, {_fit(protocol.encoders)} for encoders")


def _tap(tap: TapRule) -> str:
    depths = [
        "the last block" if depth == "last" else f"block floor({depth:g} x blocks)" for depth in tap.depths
    ]
    where = " or ".join(depths) + (" (chosen inside train)" if len(depths) > 1 else "")
    if tap.block is not None:
        where = f"block {tap.block} (where there is none: {where})"
    return f"decoders at {where}, {tap.token} prompt token"


def _fit(probe: ProbeSettings) -> str:
    scaled = "standardised by train, " if probe.standardise else ""
    if isinstance(probe, LbfgsProbe):
        weights = f", {probe.class_weight} classes" if probe.class_weight else ""
        grid = f"C of {len(probe.C)} by {probe.folds} grouped folds inside train"
        return f"{scaled}L2 logistic regression, {grid}{weights}"
    if isinstance(probe, AdamProbe):
        decay = f", weight decay {probe.weight_decay:g}" if probe.weight_decay else ""
        return f"{scaled}one linear layer by Adam ({probe.epochs} epochs of {probe.batch_size}{decay})"
    weights = f", {probe.class_weight} classes" if probe.class_weight else ""
    return f"{scaled}one-against-rest SGD (alpha {probe.alpha:g}{weights})"


def _choice(protocol: ChoiceProtocol) -> Iterator[str]:
    yield f"asks with the template {protocol.template}"
    yield _listed([_decoding(decoding) for decoding in protocol.decodings])
    yield f"answers read by {protocol.extractor}; ranked by {protocol.rank_by}"


def _decoding(decoding: Decoding) -> str:
    if decoding.top_k == 0:
        return f"{decoding.name}: the likeliest token each time"
    tries = f"{decoding.tries} tries" if decoding.tries > 1 else "one try"
    return f"{decoding.name}: {tries}, top {decoding.top_k} at temperature {decoding.temperature:g}"


def _listed(names: list[str] | tuple[str, ...]) -> str:
    return ", ".join(names) if names else "nothing"
