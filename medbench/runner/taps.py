"""Where a protocol reads a model, which of several taps is taken, and what could not be followed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from medbench.errors import PluginError
from medbench.models import Handle, ModelCard, Tap
from medbench.probe import TrainRows, validate
from medbench.runner.model_rule import shortfalls
from medbench.spec import LbfgsProbe, ProbeProtocol, ProbeSettings, TapRule

__all__ = ["candidate_taps", "digits", "rulings", "select_tap", "sweep_taps"]


def candidate_taps(handle: Handle, rule: TapRule) -> list[Tap]:
    """Taps by kind of model, from the shallowest on: a decoder's blocks, an encoder's output.

    Of an encoder it is the output that the rule names, or the only one there is.

    Raises:
        PluginError: an encoder has several outputs and none is the one asked for (MB712).
    """
    if handle.blocks is not None and rule.block is not None and rule.block < handle.blocks:
        return [Tap(rule.block, rule.token)]
    if handle.blocks is not None:
        blocks = {
            handle.blocks - 1 if depth == "last" else math.floor(depth * handle.blocks)
            for depth in rule.depths
        }
        return [Tap(block, rule.token) for block in sorted(blocks)]
    outputs = handle.outputs
    if rule.encoder_output in outputs:
        return [Tap(None, rule.encoder_output)]
    if len(outputs) == 1:
        return [Tap(None, outputs[0])]
    raise PluginError("MB712", f"outputs are {', '.join(outputs)}; {rule.encoder_output!r} is none of them")


def sweep_taps(handle: Handle, rule: TapRule, sweep: Mapping[str, Any] | None) -> list[Tap]:
    """Taps of a declared layer sweep, from the shallowest on: at its depths, or at every block; else none."""
    if sweep is None or handle.blocks is None:
        return []
    if sweep.get("depths") is None:
        return [Tap(block, rule.token) for block in range(handle.blocks)]
    return candidate_taps(handle, replace(rule, block=None, depths=tuple(sweep["depths"])))


def select_tap(
    taps: Sequence[Tap], train: Callable[[Tap], TrainRows], settings: ProbeSettings
) -> tuple[Tap, dict[str, object]]:
    """The tap with the smallest grouped validation loss inside train; of equals the shallowest.

    Returns:
        The tap, and for the record the loss of each candidate; nothing where there is one candidate.
    """
    if len(taps) == 1:
        return taps[0], {}
    assert isinstance(settings, LbfgsProbe), "the spec's meaning checks refuse others with several depths"
    losses = {tap: validate(train(tap), settings) for tap in taps}
    rows = [
        {
            "tap": tap.name,
            "mean_log_loss": digits([loss.mean])[0],
            "standard_error": digits([loss.standard_error])[0],
        }
        for tap, loss in losses.items()
    ]
    return min(taps, key=lambda tap: losses[tap].mean), {"taps": rows}


def rulings(handle: Handle, protocol: ProbeProtocol, card: ModelCard) -> list[str]:
    """What a protocol says that this model cannot follow to the letter, and what was done.

    Depth, 8 bits and attention are choices for decoders; of an encoder there is nothing to say.
    """
    if handle.blocks is None:
        return []
    found = []
    if protocol.tap.block is not None and protocol.tap.block >= handle.blocks:
        [tap] = candidate_taps(handle, protocol.tap)
        found.append(f"there is no block {protocol.tap.block} of {handle.blocks}: {tap.name} is read")
    if protocol.quantisation.active and protocol.quantisation.over == "all":
        found.append("the range of the 8-bit activations was taken over train and test rows")
    return [*found, *shortfalls(protocol.model, card)]


def digits(values: Sequence[float]) -> list[float]:
    """Nine digits, as a record keeps them: more would differ between machines without meaning anything."""
    return [float(f"{value:.9g}") for value in values]
