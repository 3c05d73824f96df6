"""Cards of ``timm:NAME`` and ``open_clip:ARCH``. Light: no torch."""

from __future__ import annotations

import re

from medbench.models import ModelCard

__all__ = ["library_card"]

NAME = re.compile(r"(timm|open_clip|open-clip):([A-Za-z0-9][\w./-]*)")
EXTRAS = {"timm": "medbench[timm]", "open_clip": "medbench[open-clip]"}
TINY = {"timm": "tiny/vit", "open_clip": "tiny/clip"}
WRITERS = "medbench_hf.libraries.checkpoints"


def library_card(name: str) -> ModelCard | None:
    """The card of an encoder of timm or open_clip; ``None`` for any other name.

    ``open-clip:`` is read as ``open_clip:``. The architecture is the card's address until it is opened.

    >>> library_card("timm:vit_base_patch16_224.augreg_in21k").extra
    'medbench[timm]'
    """
    found = NAME.fullmatch(name)
    if not found:
        return None
    library, architecture = found[1].replace("-", "_"), found[2]
    tiny = architecture == TINY[library]
    if architecture.startswith("tiny/") and not tiny:
        return None
    return ModelCard(
        name=name,
        opener=f"medbench_hf.libraries.opening:open_{library}",
        capabilities=frozenset({"activations"}),
        summary="a tiny random checkpoint" if tiny else f"{architecture} by {library}",
        address=architecture,
        licence="none needed: random weights" if tiny else "see the model's page",
        inputs=frozenset({"image"}),
        requires=("torch", "torchvision", library),
        extra=EXTRAS[library],
        arguments=("pooling",) if library == "timm" else ("pooling", "pretrained"),
        checkpoint_writer=f"{WRITERS}:write_{library}" if tiny else f"{WRITERS}:refuse",
    )
