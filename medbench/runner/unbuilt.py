"""What a protocol asks for that this version cannot do: said before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from medbench.spec import ChoiceProtocol, ProbeProtocol

__all__ = ["unbuilt"]


def unbuilt(protocol: ProbeProtocol | ChoiceProtocol) -> str:
    """Empty when everything the protocol says can be carried out here; else what cannot."""
    found = _probe(protocol) if isinstance(protocol, ProbeProtocol) else _choice(protocol)
    lacks = [*found, *_shared(protocol)]
    return f"not built yet: {', '.join(lacks)}" if lacks else ""


def _probe(protocol: ProbeProtocol) -> Iterator[str]:
    if protocol.quantisation.active and protocol.quantisation.over == "all":
        yield "a range over all rows"


def _choice(protocol: ChoiceProtocol) -> Iterator[str]:
    if protocol.template == "nejm-2shot-paper":
        yield "the published script's template"
    if protocol.model.int8:
        yield "8-bit weights"


def _shared(protocol: ProbeProtocol | ChoiceProtocol) -> Iterator[str]:
    if protocol.model.open_attention:
        yield "attention before the first image"
    if not protocol.matched:
        yield "draws of each model's own"
