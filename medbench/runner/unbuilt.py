"""What a protocol asks for that this version cannot do: said before anything runs."""

from __future__ import annotations

from collections.abc import Iterator

from medbench.spec import AdamProbe, ChoiceProtocol, ProbeProtocol, SgdProbe

__all__ = ["unbuilt"]


def unbuilt(protocol: ProbeProtocol | ChoiceProtocol) -> str:
    """Empty when everything the protocol says can be carried out here; else what cannot."""
    found = _probe(protocol) if isinstance(protocol, ProbeProtocol) else _choice(protocol)
    lacks = [*found, *_shared(protocol)]
    return f"not built yet: {', '.join(lacks)}" if lacks else ""


def _probe(protocol: ProbeProtocol) -> Iterator[str]:
    if len(protocol.tap.depths) > 1:
        yield "choosing the depth inside train"
    if protocol.tap.block is not None:
        yield "reading a block by its number"
    if any(isinstance(probe, AdamProbe | SgdProbe) for probe in (protocol.decoders, protocol.encoders)):
        yield "the published probes"
    if protocol.quantisation.active:
        yield "8-bit activations"


def _choice(protocol: ChoiceProtocol) -> Iterator[str]:
    if protocol.template == "nejm-2shot-paper":
        yield "the published script's template"


def _shared(protocol: ProbeProtocol | ChoiceProtocol) -> Iterator[str]:
    if protocol.model.int8:
        yield "8-bit weights"
    if protocol.model.open_attention:
        yield "attention before the first image"
    if not protocol.matched:
        yield "draws of each model's own"
