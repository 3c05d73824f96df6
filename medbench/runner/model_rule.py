"""How a protocol wants the model itself run: carried out where its plugin offers it, said where not."""

from __future__ import annotations

from collections.abc import Mapping

from medbench.models import Handle, ModelCard, OpenOptions
from medbench.spec import ModelRule

__all__ = ["departures", "follow", "other_size", "shortfalls"]

ATTENTION = "attention_before_first_image"
"""The ``--model-args`` of a plugin that can let text before the first image look at images: masked, open."""


def follow(rule: ModelRule, card: ModelCard, arguments: Mapping[str, str]) -> dict[str, str]:
    """``--model-args`` with what the protocol wishes and the plugin offers; what the user gave stays."""
    wished = {}
    if rule.int8 and "int8" in card.quantizations:
        wished["quantization"] = "int8"
    if rule.open_attention and ATTENTION in card.arguments:
        wished[ATTENTION] = "open"
    return {**wished, **arguments}


def shortfalls(rule: ModelRule, card: ModelCard) -> list[str]:
    """What the protocol wishes and the plugin does not offer: named in the record, no deviation."""
    found = []
    if rule.int8 and "int8" not in card.quantizations:
        found.append("8-bit weights are not offered by this plugin")
    if rule.open_attention and ATTENTION not in card.arguments:
        found.append("attention before the first image cannot be opened in this plugin")
    return found


def other_size(card: ModelCard, handle: Handle) -> list[str]:
    """Weights that are not of the card's size: under its name a score would be another model's."""
    stated, found = (card.blocks, card.width), (handle.blocks, handle.width)
    if card.blocks is None or stated == found:
        return []
    return [f"weights of {found[0]} blocks of width {found[1]}; {card.name} has {stated[0]} of {stated[1]}"]


def departures(rule: ModelRule, card: ModelCard, options: OpenOptions) -> list[str]:
    """What the user chose against the protocol: deviations."""
    found = []
    if rule.int8 and "int8" in card.quantizations and options.quantization != "int8":
        found.append(f"quantization {options.quantization or 'none'}, the protocol says int8")
    if "pooling" in options.extra:
        found.append(f"output {options.extra['pooling']} by --model-args; the protocol names what is read")
    said = "open" if rule.open_attention else "masked"
    if options.extra.get(ATTENTION, said) != said:
        found.append(f"attention before the first image {options.extra[ATTENTION]}, the protocol says {said}")
    return found
