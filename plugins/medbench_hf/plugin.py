"""Cards of models by address, ``hf:ORG/NAME``, and of tiny ones by family. Light: no torch."""

from __future__ import annotations

import re
from dataclasses import replace

from medbench.hooks import hookimpl
from medbench.models import ModelCard
from medbench_hf.families import ENCODERS, VISION_LANGUAGE, writer
from medbench_hf.libraries.cards import library_card

__all__ = ["medbench_resolve_model"]

ADDRESS = re.compile(r"hf:([A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*)")
TINY = "tiny/"


@hookimpl
def medbench_resolve_model(name: str) -> ModelCard | None:
    """``hf:ORG/NAME``: any vision-language model or image encoder of transformers; ``hf:tiny/FAMILY``.

    Also ``timm:NAME`` and ``open_clip:ARCH``: image encoders of those libraries.

    What an address can do is known when it is opened; until then its card offers everything.
    """
    found = ADDRESS.fullmatch(name)
    if not found:
        return library_card(name)
    address = found[1]
    if not address.startswith(TINY):
        return _card(name, address=address, writer="medbench_hf.checkpoint:by_family")
    family = address.removeprefix(TINY)
    if family not in (*VISION_LANGUAGE, *ENCODERS):
        return None
    card = _card(name, writer=writer(family), opener="open_tiny")
    if family in ENCODERS:
        return replace(card, capabilities=frozenset({"activations"}), inputs=frozenset({"image"}))
    return card


def _card(name: str, writer: str, address: str = "", opener: str = "open_address") -> ModelCard:
    return ModelCard(
        name=name,
        opener=f"medbench_hf.opening:{opener}",
        capabilities=frozenset({"activations", "generate", "option_loglikelihood"}),
        summary=f"{address} by transformers" if address else "a tiny random checkpoint",
        address=address,
        licence="see the model's page" if address else "none needed: random weights",
        inputs=frozenset({"image", "images"}),
        requires=("torch", "transformers", "accelerate"),
        extra="medbench[hf]",
        arguments=("attention", "pooling"),
        checkpoint_writer=writer,
    )
